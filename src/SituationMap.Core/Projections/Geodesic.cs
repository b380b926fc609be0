namespace SituationMap.Core.Projections;

/// <summary>Distances on the ellipsoid WGS 84.</summary>
public static class Geodesic
{
    private const double EquatorialRadius = 6_378_137;
    private const double Flattening = 1 / 298.257223563;
    private const double PolarRadius = EquatorialRadius * (1 - Flattening);

    /// <summary>
    /// The length of the shortest line between two points, in metres, good to a millimetre (Vincenty 1975). Points almost opposite
    /// one another on the globe, where that series does not settle, get half the ellipsoid's mean circumference.
    /// </summary>
    /// <param name="longitude1">Degrees.</param>
    /// <param name="latitude1">Degrees.</param>
    /// <param name="longitude2">Degrees.</param>
    /// <param name="latitude2">Degrees.</param>
    public static double Distance(double longitude1, double latitude1, double longitude2, double latitude2)
    {
        var difference = Radians(longitude2 - longitude1);
        var (sinU1, cosU1) = Math.SinCos(ReducedLatitude(latitude1));
        var (sinU2, cosU2) = Math.SinCos(ReducedLatitude(latitude2));
        var lambda = difference;
        for (var round = 0; round < 100; round++)
        {
            var (sinLambda, cosLambda) = Math.SinCos(lambda);
            var crossing = (cosU1 * sinU2) - (sinU1 * cosU2 * cosLambda);
            var sinSigma = Math.Sqrt((cosU2 * sinLambda * cosU2 * sinLambda) + (crossing * crossing));
            if (sinSigma == 0)
                return 0;
            var cosSigma = (sinU1 * sinU2) + (cosU1 * cosU2 * cosLambda);
            var sigma = Math.Atan2(sinSigma, cosSigma);
            var sinAlpha = cosU1 * cosU2 * sinLambda / sinSigma;
            var cosSquaredAlpha = 1 - (sinAlpha * sinAlpha);
            // along the equator the middle of the line has no latitude of its own
            var cosTwiceMiddle = cosSquaredAlpha == 0 ? 0 : cosSigma - (2 * sinU1 * sinU2 / cosSquaredAlpha);
            var c = Flattening / 16 * cosSquaredAlpha * (4 + (Flattening * (4 - (3 * cosSquaredAlpha))));
            var previous = lambda;
            lambda =
                difference
                + (
                    (1 - c)
                    * Flattening
                    * sinAlpha
                    * (sigma + (c * sinSigma * (cosTwiceMiddle + (c * cosSigma * (-1 + (2 * cosTwiceMiddle * cosTwiceMiddle))))))
                );
            if (Math.Abs(lambda - previous) < 1e-12)
                return Length(cosSquaredAlpha, sigma, sinSigma, cosSigma, cosTwiceMiddle);
        }
        return Math.PI * ((2 * EquatorialRadius) + PolarRadius) / 3;
    }

    private static double Length(double cosSquaredAlpha, double sigma, double sinSigma, double cosSigma, double cosTwiceMiddle)
    {
        var u = cosSquaredAlpha * ((EquatorialRadius * EquatorialRadius) - (PolarRadius * PolarRadius)) / (PolarRadius * PolarRadius);
        var a = 1 + (u / 16384 * (4096 + (u * (-768 + (u * (320 - (175 * u)))))));
        var b = u / 1024 * (256 + (u * (-128 + (u * (74 - (47 * u))))));
        var squared = cosTwiceMiddle * cosTwiceMiddle;
        var correction =
            b
            * sinSigma
            * (
                cosTwiceMiddle
                + (
                    b
                    / 4
                    * (
                        (cosSigma * (-1 + (2 * squared)))
                        - (b / 6 * cosTwiceMiddle * (-3 + (4 * sinSigma * sinSigma)) * (-3 + (4 * squared)))
                    )
                )
            );
        return PolarRadius * a * (sigma - correction);
    }

    private static double ReducedLatitude(double latitude) => Math.Atan((1 - Flattening) * Math.Tan(Radians(latitude)));

    private static double Radians(double degrees) => degrees * (Math.PI / 180);
}
