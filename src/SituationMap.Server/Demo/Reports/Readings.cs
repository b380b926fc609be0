using SituationMap.Core.Facts;

namespace SituationMap.Server.Demo.Reports;

/// <summary>Temperatures of everyone who is watched, in the morning and in the evening; a few are missing, so that something is
/// overdue.</summary>
internal static class Readings
{
    public static void Run(Journal journal)
    {
        var random = new DemoRandom("readings");
        foreach (var watch in journal.Watches)
        {
            // every twelfth household has not reported since yesterday
            var silent = random.Chance(1 / 12.0) ? 1 : -1;
            foreach (var person in watch.Persons)
            {
                for (var day = 29; day >= 0; day--)
                {
                    Read(watch, person, journal.Clock.Before(day, random.Between(7, 10)), day <= silent);
                    Read(watch, person, journal.Clock.Before(day, random.Between(17, 19.5)), day <= silent);
                }
            }
        }

        void Read(Watch watch, DemoPerson person, DateTimeOffset at, bool missing)
        {
            // drawn before it is decided whether it counts, so that a shorter watch leaves the later ones as they were
            var (celsius, forgotten) = (random.Whole(360, 370) / 10m, random.Chance(0.015));
            if (!missing && !forgotten && at > watch.From && at < watch.Until)
                journal.Report(watch.Household, person, FactKind.Temperature, at, Journal.Grid(watch.Household), new { celsius });
        }
    }
}
