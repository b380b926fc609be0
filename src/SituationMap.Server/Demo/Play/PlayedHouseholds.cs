namespace SituationMap.Server.Demo.Play;

/// <summary>A household as <c>/api/households</c> gives it; its members only when it is asked for alone.</summary>
internal sealed record PlayedHousehold(string Household, string Address, string Label, string Status, bool Surveyed, string[]? Members)
{
    /// <summary>The code of its grid, of which the answer says nothing.</summary>
    public string Grid { get; init; } = "";

    /// <summary>The address, and in a block with entrances the door.</summary>
    public string Door => Label.Contains('-', StringComparison.Ordinal) ? $"{Address} {Label}" : Address;
}

/// <summary>The households of a running server, as its API tells them.</summary>
internal sealed class PlayedHouseholds(HttpClient server, DemoRandom random)
{
    private readonly List<PlayedHousehold> _all = [];

    private sealed record GridPage(Grid[] Grids);

    private sealed record Grid(string Code, string Level);

    private sealed record HouseholdPage(PlayedHousehold[] Households, string? Next);

    public int Count => _all.Count;

    public async Task LoadAsync(CancellationToken cancellation)
    {
        _all.Clear();
        var grids = await server.GetFromJsonAsync<GridPage>("/api/grids", cancellation);
        foreach (var grid in grids!.Grids.Where(grid => grid.Level == "grid"))
        {
            var next = $"/api/households?grid={Uri.EscapeDataString(grid.Code)}";
            while (next is not null)
            {
                var page = await server.GetFromJsonAsync<HouseholdPage>(next, cancellation);
                _all.AddRange(page!.Households.Select(household => household with { Grid = grid.Code }));
                next = page.Next;
            }
        }
    }

    /// <summary>Any household that fits, as it is at this moment; null: none was found in a few tries.</summary>
    public async Task<PlayedHousehold?> FindAsync(Func<PlayedHousehold, bool> fits, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            var candidates = Enumerable.Range(0, _all.Count).Where(i => fits(_all[i])).ToArray();
            if (candidates.Length == 0)
                return null;
            var chosen = random.Pick(candidates);
            var now = await server.GetFromJsonAsync<PlayedHousehold>(
                $"/api/households/{Uri.EscapeDataString(_all[chosen].Household)}",
                cancellation
            );
            _all[chosen] = now! with { Grid = _all[chosen].Grid };
            if (fits(_all[chosen]))
                return _all[chosen];
        }
        return null;
    }
}
