using System.CommandLine;
using SituationMap.Benchmarks;

// One verb per thing that is measured; each measures ours and the floor in the same run and prints a table.
var root = new RootCommand("Measures SituationMap against what bare PostGIS does for the same work.")
{
    CommonOptions.Folder,
    CommonOptions.Households,
    CommonOptions.Rounds,
};
foreach (var verb in (IEnumerable<Command>)[.. StoreVerbs.Create(), .. MapVerbs.Create(), .. TrialVerbs.Create(), .. DrillVerbs.Create()])
    root.Add(verb);
return await root.Parse(args).InvokeAsync();
