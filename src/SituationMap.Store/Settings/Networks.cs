using System.Net;

namespace SituationMap.Store.Settings;

public static class Networks
{
    /// <summary>Reads an address, or a network in the notation of CIDR such as 172.16.0.0/12.</summary>
    public static bool TryParse(string text, out System.Net.IPNetwork network)
    {
        if (System.Net.IPNetwork.TryParse(text, out network))
            return true;
        if (!IPAddress.TryParse(text, out var address))
            return false;
        network = new System.Net.IPNetwork(address, address.GetAddressBytes().Length * 8);
        return true;
    }
}
