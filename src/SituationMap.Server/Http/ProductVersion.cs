using System.Reflection;

namespace SituationMap.Server.Http;

/// <summary>The version of this program, of its API and of its tile layers: one number, kept in <c>Directory.Build.props</c>.</summary>
internal static class ProductVersion
{
    /// <summary>Such as 0.2.0 (Semantic Versioning).</summary>
    public static string Text { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
