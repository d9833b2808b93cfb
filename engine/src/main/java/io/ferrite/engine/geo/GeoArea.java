package io.ferrite.engine.geo;

/**
 * What is searched: a circle or a box around a position, lengths in the unit that was asked for.
 * Says which cells of the grid cover it and whether a position lies in it.
 */
final class GeoArea {

    /** Beyond this the earth has no meters. */
    private static final double MERCATOR_MAX = 20037726.37;

    private double longitude;
    private double latitude;

    /** Meters in the unit of the lengths. */
    private double unit = 1;

    private boolean box;
    private double radius;
    private double width;
    private double height;

    void center(double atLongitude, double atLatitude) {
        longitude = atLongitude;
        latitude = atLatitude;
    }

    void circle(double ofRadius, double unitMeters) {
        box = false;
        radius = ofRadius;
        unit = unitMeters;
    }

    void box(double ofWidth, double ofHeight, double unitMeters) {
        box = true;
        width = ofWidth;
        height = ofHeight;
        unit = unitMeters;
    }

    double unit() {
        return unit;
    }

    /** The distance of a position from the center in meters if it lies in the area, else -1. */
    double distanceInside(double otherLongitude, double otherLatitude) {
        if (box) {
            if (Geohash.latitudeDistance(otherLatitude, latitude) > height * unit / 2
                    || Geohash.distance(otherLongitude, otherLatitude, longitude, otherLatitude)
                            > width * unit / 2) {
                return -1;
            }
            return Geohash.distance(longitude, latitude, otherLongitude, otherLatitude);
        }
        double distance = Geohash.distance(longitude, latitude, otherLongitude, otherLatitude);
        return distance > radius * unit ? -1 : distance;
    }

    /** The cells that cover the area, in the order in which they are searched; some are none. */
    Geohash.Cell[] cells() {
        double halfHeight = unit * (box ? height / 2 : radius);
        double halfWidth = unit * (box ? width / 2 : radius);
        double latitudes = Geohash.degrees(halfHeight);
        // The edge that is nearer to a pole spans more degrees.
        double edge = latitude < 0 ? latitude - latitudes : latitude + latitudes;
        double longitudes = Geohash.degreesAlong(halfWidth, edge);
        double north = latitude + latitudes;
        double south = latitude - latitudes;
        double east = longitude + longitudes;
        double west = longitude - longitudes;

        double reach =
                box ? Math.sqrt(width / 2 * (width / 2) + height / 2 * (height / 2)) : radius;
        int step = step(reach * unit);
        Geohash.Cell cell = Geohash.cell(longitude, latitude, step);
        boolean tooSmall =
                cell.neighbor(0, 1).north() < north
                        || cell.neighbor(0, -1).south() > south
                        || cell.neighbor(1, 0).east() < east
                        || cell.neighbor(-1, 0).west() > west;
        if (step > 1 && tooSmall) {
            step--;
            cell = Geohash.cell(longitude, latitude, step);
        }
        boolean cut = step >= 2;
        boolean noSouth = cut && cell.south() < south;
        boolean noNorth = cut && cell.north() > north;
        boolean noWest = cut && cell.west() < west;
        boolean noEast = cut && cell.east() > east;
        return new Geohash.Cell[] {
            cell,
            noNorth ? Geohash.NONE : cell.neighbor(0, 1),
            noSouth ? Geohash.NONE : cell.neighbor(0, -1),
            noEast ? Geohash.NONE : cell.neighbor(1, 0),
            noWest ? Geohash.NONE : cell.neighbor(-1, 0),
            noNorth || noEast ? Geohash.NONE : cell.neighbor(1, 1),
            noNorth || noWest ? Geohash.NONE : cell.neighbor(-1, 1),
            noSouth || noEast ? Geohash.NONE : cell.neighbor(1, -1),
            noSouth || noWest ? Geohash.NONE : cell.neighbor(-1, -1)
        };
    }

    /** How often to halve so that a cell and its neighbors reach as far. */
    private int step(double meters) {
        if (meters == 0) {
            return Geohash.MAX_STEP;
        }
        int step = 1;
        for (double reach = meters; reach < MERCATOR_MAX; reach *= 2) {
            step++;
        }
        step -= 2;
        if (Math.abs(latitude) > 66) {
            step -= Math.abs(latitude) > 80 ? 2 : 1;
        }
        return Math.clamp(step, 1, Geohash.MAX_STEP);
    }
}
