[assembly: AssemblyFixture(typeof(PostgisCluster))]
// one browser at a time: times are measured, and the pages draw in software
[assembly: CollectionBehavior(DisableTestParallelization = true)]
