using SituationMap.Core.Gate;
using SituationMap.Core.Protocols;

namespace SituationMap.Core.Tests;

public sealed class PassTokenTests
{
    private const uint Place = 0xFEDC_BA98;
    private static readonly DateOnly Today = new(2026, 11, 30);
    private static readonly byte[] Secret = [.. Enumerable.Range(1, 32).Select(number => (byte)number)];
    private static readonly byte[] OtherSecret = [.. Enumerable.Range(2, 32).Select(number => (byte)number)];
    private static readonly Dictionary<byte, byte[]> Keys = new() { [3] = PassToken.PublicKey(Secret), [4] = PassToken.PublicKey(Secret) };

    private static readonly Pass Valid = new(17, 423, PassKind.Worker, new(2026, 11, 1), Today, Key: 3, Place);

    [Fact]
    public void A_pass_comes_back_as_it_was_signed_on_each_of_its_days()
    {
        var token = PassToken.Sign(Valid, Secret);

        Read(token).ShouldBe((Valid, null));
        PassToken.Read(token, Place, Keys, new HashSet<uint>(), Valid.From).ShouldBe((Valid, null));
        Read(PassToken.Sign(Valid, Secret)).ShouldBe((Valid, null));
    }

    [Fact]
    public void The_longest_pass_has_at_most_150_characters_all_of_the_alphabet_of_qr_codes()
    {
        var longest = new Pass(
            uint.MaxValue,
            uint.MaxValue,
            PassKind.Carer,
            new(2190, 1, 1),
            new(2190, 12, 31),
            byte.MaxValue,
            uint.MaxValue
        );

        var token = PassToken.Sign(longest, Secret);

        token.Length.ShouldBeLessThanOrEqualTo(PassToken.MaxLength);
        token.ShouldMatch("^SMP1:[0-9A-Z $%*+./:-]+$");
        PassToken
            .Read(token, uint.MaxValue, new Dictionary<byte, byte[]> { [byte.MaxValue] = Keys[3] }, new HashSet<uint>(), new(2190, 6, 1))
            .ShouldBe((longest, null));
    }

    [Fact]
    public void Each_pass_that_does_not_count_is_told_by_its_fault()
    {
        Read(PassToken.Sign(Valid, OtherSecret)).Fault.ShouldBe(PassFault.Forged);
        Read(PassToken.Sign(Valid with { Key = 9 }, Secret)).Fault.ShouldBe(PassFault.Forged);
        Read(PassToken.Sign(Valid with { Place = 1 }, Secret)).Fault.ShouldBe(PassFault.Foreign);
        Read(PassToken.Sign(Valid with { To = Today.AddDays(-1) }, Secret)).Fault.ShouldBe(PassFault.Expired);
        Read(PassToken.Sign(Valid with { From = Today.AddDays(1), To = Today.AddDays(9) }, Secret)).Fault.ShouldBe(PassFault.Expired);
        Read(PassToken.Sign(Valid with { Serial = 18 }, Secret)).Fault.ShouldBe(PassFault.Revoked);
    }

    [Fact]
    public void Of_ten_thousand_forged_expired_ended_foreign_and_broken_ones_none_counts()
    {
        var random = new Random(20200205);
        var token = PassToken.Sign(Valid, Secret);
        var counted = 0;
        for (var i = 0; i < 10_000; i++)
            if (Read(Bad(i)).Pass is not null)
                counted++;

        counted.ShouldBe(0);
        Read(token).Pass.ShouldNotBeNull();

        string Bad(int i)
        {
            var pass = Valid with { Serial = (uint)random.Next(1, int.MaxValue), Household = (uint)random.Next(1, 1_000_000) };
            return (i % 9) switch
            {
                0 => PassToken.Sign(pass, OtherSecret),
                1 => PassToken.Sign(pass with { To = Today.AddDays(-random.Next(1, 400)), From = new(2020, 1, 1) }, Secret),
                2 => PassToken.Sign(pass with { Serial = 18 }, Secret),
                3 => PassToken.Sign(pass with { Place = (uint)random.Next() }, Secret),
                4 => token[..random.Next(token.Length)],
                5 => Changed(token, random.Next(token.Length)),
                // a signature of one pass under another
                6 => Grafted(PassToken.Sign(pass, Secret)),
                7 => token + (char)('0' + random.Next(10)),
                _ => "SMP1:" + string.Concat(Enumerable.Range(0, random.Next(200)).Select(_ => (char)random.Next(32, 128))),
            };
        }

        string Changed(string good, int at)
        {
            var with = good[at];
            while (with == good[at])
                with = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"[random.Next(45)];
            return $"{good[..at]}{with}{good[(at + 1)..]}";
        }

        string Grafted(string other) => other[..20] + token[20..];
    }

    private static (Pass? Pass, PassFault? Fault) Read(string token) => PassToken.Read(token, Place, Keys, new HashSet<uint> { 18 }, Today);
}
