package io.ferrite.engine.geo;

/**
 * What is searched: a circle or a box around a position, lengths in the unit that was asked for, or
 * a polygon. Says which cells of the grid cover it and whether a position lies in it.
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

    /** Longitudes and latitudes of a polygon's vertices in turn, or null. */
    private double[] vertices;

    // What a polygon reaches to.
    private double west = 180;
    private double east = -180;
    private double south = 90;
    private double north = -90;

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

    /**
     * A polygon by the longitudes and latitudes of its vertices in turn; its last edge leads back
     * to the first. Its center is the middle of the vertices as points of the sphere.
     */
    void polygon(double[] ofVertices) {
        vertices = ofVertices;
        unit = 1;
        double x = 0;
        double y = 0;
        double z = 0;
        for (int i = 0; i < vertices.length; i += 2) {
            west = Math.min(west, vertices[i]);
            east = Math.max(east, vertices[i]);
            south = Math.min(south, vertices[i + 1]);
            north = Math.max(north, vertices[i + 1]);
            double lon = Math.toRadians(vertices[i]);
            double lat = Math.toRadians(vertices[i + 1]);
            x += Math.cos(lat) * Math.cos(lon);
            y += Math.cos(lat) * Math.sin(lon);
            z += Math.sin(lat);
        }
        longitude = Math.toDegrees(Math.atan2(y, x));
        latitude = Math.toDegrees(Math.atan2(z, Math.sqrt(x * x + y * y)));
    }

    boolean isPolygon() {
        return vertices != null;
    }

    /** Whether a ray from a position to the east leaves the polygon more often than it enters. */
    private boolean isInPolygon(double lon, double lat) {
        if (lon < west || lon > east || lat < south || lat > north) {
            return false;
        }
        boolean inside = false;
        int before = vertices.length - 2;
        for (int i = 0; i < vertices.length; i += 2) {
            double y = vertices[i + 1];
            double yBefore = vertices[before + 1];
            if (y > lat != yBefore > lat
                    && lon
                            < (vertices[before] - vertices[i]) * (lat - y) / (yBefore - y)
                                    + vertices[i]) {
                inside = !inside;
            }
            before = i;
        }
        return inside;
    }

    double unit() {
        return unit;
    }

    /** The distance of a position from the center in meters if it lies in the area, else -1. */
    double distanceInside(double otherLongitude, double otherLatitude) {
        if (vertices != null) {
            return isInPolygon(otherLongitude, otherLatitude)
                    ? Geohash.distance(longitude, latitude, otherLongitude, otherLatitude)
                    : -1;
        }
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
        if (vertices != null) {
            return cells(step(farthestCorner()));
        }
        double halfHeight = unit * (box ? height / 2 : radius);
        double halfWidth = unit * (box ? width / 2 : radius);
        double latitudes = Geohash.degrees(halfHeight);
        // The edge that is nearer to a pole spans more degrees.
        double edge = latitude < 0 ? latitude - latitudes : latitude + latitudes;
        double longitudes = Geohash.degreesAlong(halfWidth, edge);
        north = latitude + latitudes;
        south = latitude - latitudes;
        east = longitude + longitudes;
        west = longitude - longitudes;
        double reach =
                box ? Math.sqrt(width / 2 * (width / 2) + height / 2 * (height / 2)) : radius;
        return cells(step(reach * unit));
    }

    /** From the center to the farthest corner of what a polygon reaches to, in meters. */
    private double farthestCorner() {
        double northern =
                Math.max(
                        Geohash.distance(longitude, latitude, west, north),
                        Geohash.distance(longitude, latitude, east, north));
        double southern =
                Math.max(
                        Geohash.distance(longitude, latitude, west, south),
                        Geohash.distance(longitude, latitude, east, south));
        return Math.max(northern, southern);
    }

    private Geohash.Cell[] cells(int estimate) {
        int step = estimate;
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
