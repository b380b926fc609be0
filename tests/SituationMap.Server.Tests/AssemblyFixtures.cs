[assembly: AssemblyFixture(typeof(PostgisCluster))]
