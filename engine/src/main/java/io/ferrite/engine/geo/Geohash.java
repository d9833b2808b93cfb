package io.ferrite.engine.geo;

/**
 * Positions as cells of a grid and as the scores that order them: longitude and latitude are halved
 * in turn, one bit for each half, the longitude's bit first (Gustavo Niemeyer's geohash). A score
 * is a cell of 26 halvings of each, 52 bits, which a double holds exactly. The arithmetic is
 * Redis', to the last bit: latitudes end at 85.05112878 degrees, as on maps in the projection of
 * Mercator.
 */
final class Geohash {

    static final double LONGITUDE_MAX = 180;
    static final double LATITUDE_MAX = 85.05112878;

    /** Halvings of each coordinate in a score. */
    static final int MAX_STEP = 26;

    /** No cell. */
    static final Cell NONE = new Cell(0, 0);

    private static final double EARTH_RADIUS_METERS = 6372797.560856;
    private static final double RADIANS = Math.PI / 180;

    private static final long LONGITUDE_BITS = 0xAAAAAAAAAAAAAAAAL;
    private static final long LATITUDE_BITS = 0x5555555555555555L;

    private static final String LETTERS = "0123456789bcdefghjkmnpqrstuvwxyz";
    private static final int LETTERS_WRITTEN = 11;

    private Geohash() {}

    /** A cell after {@code step} halvings of each coordinate. */
    record Cell(long bits, int step) {

        boolean isNone() {
            return bits == 0 && step == 0;
        }

        /** The lowest score in the cell. */
        long firstScore() {
            return bits << 2 * (MAX_STEP - step);
        }

        /** The lowest score behind the cell. */
        long endScore() {
            return bits + 1 << 2 * (MAX_STEP - step);
        }

        /**
         * The cell that many steps further east and north, each -1, 0 or 1; around the edge of the
         * world.
         */
        Cell neighbor(int east, int north) {
            long moved = move(bits, east, LONGITUDE_BITS, LATITUDE_BITS);
            return new Cell(move(moved, north, LATITUDE_BITS, LONGITUDE_BITS), step);
        }

        private long move(long from, int by, long own, long others) {
            if (by == 0) {
                return from;
            }
            long mine = from & own;
            long fill = others >>> 64 - 2 * step;
            mine = by > 0 ? mine + (fill + 1) : (mine | fill) - (fill + 1);
            return mine & own >>> 64 - 2 * step | from & others;
        }

        double south() {
            return latitude(part(bits));
        }

        double north() {
            return latitude(part(bits) + 1 & 0xFFFFFFFFL);
        }

        double west() {
            return longitude(part(bits >>> 1));
        }

        double east() {
            return longitude(part(bits >>> 1) + 1 & 0xFFFFFFFFL);
        }

        private double latitude(long part) {
            return -LATITUDE_MAX + part * 1.0 / (1L << step) * (LATITUDE_MAX - -LATITUDE_MAX);
        }

        private double longitude(long part) {
            return -LONGITUDE_MAX + part * 1.0 / (1L << step) * (LONGITUDE_MAX - -LONGITUDE_MAX);
        }
    }

    /** Whether a position can be encoded. */
    static boolean isOnMap(double longitude, double latitude) {
        return Math.abs(longitude) <= LONGITUDE_MAX && Math.abs(latitude) <= LATITUDE_MAX;
    }

    static Cell cell(double longitude, double latitude, int step) {
        return cell(longitude, latitude, LATITUDE_MAX, step);
    }

    private static Cell cell(double longitude, double latitude, double latitudeMax, int step) {
        double north = (latitude - -latitudeMax) / (latitudeMax - -latitudeMax) * (1L << step);
        double east =
                (longitude - -LONGITUDE_MAX) / (LONGITUDE_MAX - -LONGITUDE_MAX) * (1L << step);
        return new Cell(spread((long) north) | spread((long) east) << 1, step);
    }

    /** What becomes the score of a position; at the eastern edge it has more bits than a score. */
    static long bits(double longitude, double latitude) {
        return cell(longitude, latitude, MAX_STEP).bits;
    }

    /** The cell of a score, also of one that no position has. */
    static Cell cell(double score) {
        return new Cell(unsigned(score), MAX_STEP);
    }

    static double longitude(double score) {
        Cell cell = cell(score);
        return Math.clamp((cell.west() + cell.east()) / 2, -LONGITUDE_MAX, LONGITUDE_MAX);
    }

    static double latitude(double score) {
        Cell cell = cell(score);
        return Math.clamp((cell.south() + cell.north()) / 2, -LATITUDE_MAX, LATITUDE_MAX);
    }

    /**
     * A double as an unsigned integer, as the processors that Redis runs on convert what does not
     * fit.
     */
    private static long unsigned(double value) {
        if (value < 0x1p63) {
            return value >= -0x1p63 ? (long) value : Long.MIN_VALUE;
        }
        double rest = value - 0x1p63;
        return rest < 0x1p63 ? (long) rest ^ Long.MIN_VALUE : 0;
    }

    /** The text that other systems call a geohash, whose latitudes end at the poles. */
    static String text(double score) {
        long bits = cell(longitude(score), latitude(score), 90, MAX_STEP).bits;
        StringBuilder text = new StringBuilder(LETTERS_WRITTEN);
        for (int i = 1; i < LETTERS_WRITTEN; i++) {
            text.append(LETTERS.charAt((int) (bits >>> 52 - 5 * i) & 31));
        }
        return text.append(LETTERS.charAt(0)).toString(); // there are bits for ten letters only
    }

    /** Puts the lower 32 bits at the even places. */
    private static long spread(long bits) {
        long x = bits & 0xFFFFFFFFL;
        x = (x | x << 16) & 0x0000FFFF0000FFFFL;
        x = (x | x << 8) & 0x00FF00FF00FF00FFL;
        x = (x | x << 4) & 0x0F0F0F0F0F0F0F0FL;
        x = (x | x << 2) & 0x3333333333333333L;
        return (x | x << 1) & LATITUDE_BITS;
    }

    /** The bits at the even places. */
    private static long part(long bits) {
        long x = bits & LATITUDE_BITS;
        x = (x | x >>> 1) & 0x3333333333333333L;
        x = (x | x >>> 2) & 0x0F0F0F0F0F0F0F0FL;
        x = (x | x >>> 4) & 0x00FF00FF00FF00FFL;
        x = (x | x >>> 8) & 0x0000FFFF0000FFFFL;
        return (x | x >>> 16) & 0xFFFFFFFFL;
    }

    static double radians(double degrees) {
        return degrees * RADIANS;
    }

    /** The angle, in degrees, that so many meters are on the earth. */
    static double degrees(double meters) {
        return meters / EARTH_RADIUS_METERS / RADIANS;
    }

    /** The degrees that so many meters are along a circle of latitude. */
    static double degreesAlong(double meters, double latitude) {
        return meters / EARTH_RADIUS_METERS / Math.cos(radians(latitude)) / RADIANS;
    }

    /** Meters between two latitudes. */
    static double latitudeDistance(double one, double other) {
        return EARTH_RADIUS_METERS * Math.abs(radians(other) - radians(one));
    }

    /** Meters between two positions along a great circle, by the haversine formula. */
    static double distance(
            double longitude1, double latitude1, double longitude2, double latitude2) {
        double v = Math.sin((radians(longitude2) - radians(longitude1)) / 2);
        if (v == 0) {
            return latitudeDistance(latitude1, latitude2);
        }
        double one = radians(latitude1);
        double other = radians(latitude2);
        double u = Math.sin((other - one) / 2);
        double a = u * u + Math.cos(one) * Math.cos(other) * v * v;
        return 2.0 * EARTH_RADIUS_METERS * Math.asin(Math.sqrt(a));
    }
}
