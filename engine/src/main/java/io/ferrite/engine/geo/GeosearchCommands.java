package io.ferrite.engine.geo;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.engine.zset.Zsets;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.memory.codec.Decimal;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.value.ZsetCursor;
import io.ferrite.store.value.ZsetValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Members within a circle, a box or a polygon, replied or stored: GEOSEARCH, GEORADIUS and their
 * kin.
 */
final class GeosearchCommands {

    private enum Form {
        /** Around coordinates, or around a member; may store. */
        RADIUS(6, true, false),
        RADIUS_RO(6, false, false),
        BY_MEMBER(5, true, false),
        BY_MEMBER_RO(5, false, false),
        SEARCH(2, false, true),
        SEARCH_STORE(3, true, true);

        private final int optionsAt;
        private final boolean mayStore;
        private final boolean search;

        Form(int optionsAt, boolean mayStore, boolean search) {
            this.optionsAt = optionsAt;
            this.mayStore = mayStore;
            this.search = search;
        }
    }

    private static final CommandError NO_SUCH_MEMBER =
            CommandError.of("ERR could not decode requested zset member");
    private static final CommandError NO_RADIUS = CommandError.of("ERR need numeric radius");
    private static final CommandError NEGATIVE_RADIUS =
            CommandError.of("ERR radius cannot be negative");
    private static final CommandError NO_WIDTH = CommandError.of("ERR need numeric width");
    private static final CommandError NO_HEIGHT = CommandError.of("ERR need numeric height");
    private static final CommandError NEGATIVE_BOX =
            CommandError.of("ERR height or width cannot be negative");
    private static final CommandError NO_COUNT = CommandError.of("ERR COUNT must be > 0");
    private static final CommandError ANY_OF_ALL =
            CommandError.of("ERR the ANY argument requires COUNT argument");

    private static final CommandError NO_VERTICES =
            CommandError.of("ERR invalid number of vertices");
    private static final CommandError FEW_VERTICES =
            CommandError.of("ERR GEOSEARCH BYPOLYGON must have at least 3 vertices");

    /** Each member that is looked at is compared with every edge. */
    private static final int MOST_VERTICES = 10_000;

    private static final CommandError MANY_VERTICES =
            CommandError.of("ERR GEOSEARCH BYPOLYGON must have at most 10000 vertices");

    private GeosearchCommands() {}

    static void register(CommandTable.Builder table) {
        table.bind("GEORADIUS", unit -> search(unit, Form.RADIUS))
                .bind("GEORADIUS_RO", unit -> search(unit, Form.RADIUS_RO))
                .bind("GEORADIUSBYMEMBER", unit -> search(unit, Form.BY_MEMBER))
                .bind("GEORADIUSBYMEMBER_RO", unit -> search(unit, Form.BY_MEMBER_RO))
                .bind("GEOSEARCH", unit -> search(unit, Form.SEARCH))
                .bind("GEOSEARCHSTORE", unit -> search(unit, Form.SEARCH_STORE));
    }

    /**
     * A member that was found; its text stands in the set, or is an integer if the length is
     * negative.
     */
    private record Point(
            double longitude,
            double latitude,
            double distance,
            double score,
            long member,
            int length) {}

    /** What is asked for, read from left to right. */
    private static final class Query {
        private final ExecutionUnit unit;
        private final Form form;
        private final long entry;
        private final GeoArea area = new GeoArea();
        private int target = -1;
        private boolean storeDistances;
        private boolean distances;
        private boolean hashes;
        private boolean coordinates;
        private boolean fromMember;
        private boolean fromPosition;
        private boolean byRadius;
        private boolean byBox;
        private boolean byPolygon;
        private boolean any;
        private long count;

        /** 1 from the nearest on, -1 from the farthest on, 0 as found. */
        private int order;

        Query(ExecutionUnit unit, Form form, long entry) {
            this.unit = unit;
            this.form = form;
            this.entry = entry;
        }

        void readBase() {
            switch (form) {
                case RADIUS, RADIUS_RO -> {
                    centerAt(2);
                    circle(4);
                }
                case BY_MEMBER, BY_MEMBER_RO -> {
                    if (entry != Database.NONE) {
                        centerAtMember(2);
                        circle(3);
                    }
                }
                case SEARCH_STORE -> target = 1;
                default -> {}
            }
        }

        private void centerAt(int at) {
            double longitude = Numbers.real(unit.arg(at));
            double latitude = Numbers.real(unit.arg(at + 1));
            GeoCommands.checkOnMap(longitude, latitude);
            area.center(longitude, latitude);
        }

        private void centerAtMember(int at) {
            if (entry == Database.NONE) {
                return;
            }
            long root = Entry.root(entry);
            long place =
                    ZsetValue.find(root, unit.request().address(at), unit.request().length(at));
            if (place == ZsetValue.NONE) {
                throw NO_SUCH_MEMBER;
            }
            double score = ZsetValue.score(root, place);
            area.center(Geohash.longitude(score), Geohash.latitude(score));
        }

        private void circle(int at) {
            double radius = Numbers.real(unit.arg(at), NO_RADIUS);
            if (radius < 0) {
                throw NEGATIVE_RADIUS;
            }
            area.circle(radius, GeoCommands.unit(unit.arg(at + 1)));
        }

        private void box(int at) {
            double width = Numbers.real(unit.arg(at), NO_WIDTH);
            double height = Numbers.real(unit.arg(at + 1), NO_HEIGHT);
            if (width < 0 || height < 0) {
                throw NEGATIVE_BOX;
            }
            area.box(width, height, GeoCommands.unit(unit.arg(at + 2)));
        }

        void readOptions() {
            for (int i = form.optionsAt; i < unit.argc(); ) {
                i += 1 + option(unit.arg(i), i, unit.argc() - i - 1);
            }
        }

        /** Reads one option; answers how many arguments it took besides. */
        private int option(Slice word, int at, int left) {
            if (word.isWord("WITHDIST")) {
                distances = true;
            } else if (word.isWord("WITHHASH")) {
                hashes = true;
            } else if (word.isWord("WITHCOORD")) {
                coordinates = true;
            } else if (word.isWord("ANY")) {
                any = true;
            } else if (word.isWord("ASC")) {
                order = 1;
            } else if (word.isWord("DESC")) {
                order = -1;
            } else if (left > 0 && word.isWord("COUNT")) {
                count = Numbers.integer(unit.arg(at + 1));
                if (count <= 0) {
                    throw NO_COUNT;
                }
                return 1;
            } else if (form.search) {
                return searchOption(word, at, left);
            } else if (left > 0 && form.mayStore && word.isWord("STORE")) {
                target = at + 1;
                storeDistances = false;
                return 1;
            } else if (left > 0 && form.mayStore && word.isWord("STOREDIST")) {
                target = at + 1;
                storeDistances = true;
                return 1;
            } else {
                throw CommandError.SYNTAX;
            }
            return 0;
        }

        private int searchOption(Slice word, int at, int left) {
            if (form.mayStore && word.isWord("STOREDIST")) {
                storeDistances = true;
                return 0;
            } else if (left > 1 && mayBePolygon() && word.isWord("BYPOLYGON")) {
                return polygon(at + 1, left);
            } else if (byPolygon) {
                throw CommandError.SYNTAX;
            } else if (left > 0 && !fromPosition && word.isWord("FROMMEMBER")) {
                centerAtMember(at + 1);
                fromMember = true;
                return 1;
            } else if (left > 1 && !fromMember && word.isWord("FROMLONLAT")) {
                centerAt(at + 1);
                fromPosition = true;
                return 2;
            } else if (left > 1 && !byBox && word.isWord("BYRADIUS")) {
                circle(at + 1);
                byRadius = true;
                return 2;
            } else if (left > 2 && !byRadius && word.isWord("BYBOX")) {
                box(at + 1);
                byBox = true;
                return 3;
            }
            throw CommandError.SYNTAX;
        }

        private boolean mayBePolygon() {
            return !fromMember && !fromPosition && !byRadius && !byBox;
        }

        /**
         * Reads the number of vertices and their positions; answers how many arguments these are.
         */
        private int polygon(int at, int left) {
            int count =
                    Numbers.inRange(
                            unit.arg(at), Integer.MIN_VALUE, Integer.MAX_VALUE, NO_VERTICES);
            if (count < 3 || count > (left - 1) / 2) {
                throw FEW_VERTICES;
            }
            if (count > MOST_VERTICES) {
                throw MANY_VERTICES;
            }
            double[] vertices = new double[2 * count];
            for (int i = 0; i < vertices.length; i += 2) {
                vertices[i] = Numbers.real(unit.arg(at + 1 + i));
                vertices[i + 1] = Numbers.real(unit.arg(at + 2 + i));
                GeoCommands.checkOnMap(vertices[i], vertices[i + 1]);
            }
            area.polygon(vertices);
            byPolygon = true;
            return 1 + vertices.length;
        }

        void check() {
            if (target >= 0 && (distances || hashes || coordinates)) {
                throw CommandError.of(
                        "ERR "
                                + (form.search ? "GEOSEARCHSTORE" : "STORE option in GEORADIUS")
                                + " is not compatible with WITHDIST, WITHHASH and WITHCOORD"
                                + " options");
            }
            if (form.search && !byPolygon && !fromMember && !fromPosition) {
                throw exactlyOne("FROMMEMBER or FROMLONLAT");
            }
            if (form.search && !byPolygon && !byRadius && !byBox) {
                throw exactlyOne("BYRADIUS and BYBOX");
            }
            if (any && count == 0) {
                throw ANY_OF_ALL;
            }
            if (count != 0 && order == 0 && !any) {
                order = 1;
            }
        }

        private CommandError exactlyOne(String what) {
            String name = new String(unit.arg(0).toBytes(), StandardCharsets.ISO_8859_1);
            return CommandError.of("ERR exactly one of " + what + " can be specified for " + name);
        }

        List<Point> find() {
            List<Point> found = new ArrayList<>();
            if (entry == Database.NONE) {
                return found;
            }
            long limit = any ? count : Long.MAX_VALUE;
            Geohash.Cell[] cells = area.cells();
            Geohash.Cell last = null;
            for (Geohash.Cell cell : cells) {
                // Where the cells are huge, a neighbor may be the one that was searched before.
                if (cell.isNone() || last != null && last != cells[0] && cell.equals(last)) {
                    continue;
                }
                if (found.size() >= limit) {
                    break;
                }
                find(cell, limit, found);
                last = cell;
            }
            return found;
        }

        private void find(Geohash.Cell cell, long limit, List<Point> found) {
            long root = Entry.root(entry);
            double end = cell.endScore();
            long first = ZsetValue.countBelow(root, cell.firstScore(), false);
            ZsetCursor cursor = new ZsetCursor();
            for (cursor.open(root, first, true); cursor.next() && cursor.score() < end; ) {
                double score = cursor.score();
                double longitude = Geohash.longitude(score);
                double latitude = Geohash.latitude(score);
                double distance = area.distanceInside(longitude, latitude);
                if (distance < 0) {
                    continue;
                }
                ListpackItem item = cursor.member();
                found.add(
                        new Point(
                                longitude,
                                latitude,
                                distance,
                                score,
                                item.isInteger() ? item.integer() : item.address(),
                                item.isInteger() ? -1 : item.length()));
                if (found.size() >= limit) {
                    return;
                }
            }
        }
    }

    private static void search(ExecutionUnit unit, Form form) {
        Slice source = unit.arg(form == Form.SEARCH_STORE ? 2 : 1);
        Query query = new Query(unit, form, unit.findRead(source, Type.ZSET));
        query.readBase();
        query.readOptions();
        query.check();
        List<Point> found = query.find();
        Comparator<Point> nearest = Comparator.comparingDouble(Point::distance);
        if (query.order != 0) {
            found.sort(query.order > 0 ? nearest : nearest.reversed());
        }
        if (query.count != 0 && query.count < found.size()) {
            found = found.subList(0, (int) query.count);
        }
        if (query.target >= 0) {
            store(query, found);
        } else {
            reply(query, found);
        }
    }

    private static void reply(Query query, List<Point> found) {
        ReplyWriter reply = query.unit.reply();
        int options =
                (query.distances ? 1 : 0) + (query.hashes ? 1 : 0) + (query.coordinates ? 1 : 0);
        reply.array(found.size());
        for (Point point : found) {
            if (options > 0) {
                reply.array(options + 1);
            }
            if (point.length < 0) {
                reply.bulkNumber(point.member);
            } else {
                reply.bulk(point.member, point.length);
            }
            if (query.distances) {
                GeoCommands.replyDistance(reply, point.distance / query.area.unit());
            }
            if (query.hashes) {
                reply.integer((long) point.score);
            }
            if (query.coordinates) {
                GeoCommands.replyCoordinates(reply, point.longitude, point.latitude);
            }
        }
    }

    private static void store(Query query, List<Point> found) {
        ExecutionUnit unit = query.unit;
        Slice target = unit.arg(query.target);
        Slab slab = unit.slab(target);
        long root = ZsetValue.create(slab);
        for (Point point : found) {
            double score = query.storeDistances ? point.distance / query.area.unit() : point.score;
            long text = point.member;
            int length = point.length;
            if (length < 0) {
                text = unit.scratch();
                length = Decimal.write(point.member, text);
            }
            if (ZsetValue.find(root, text, length) == ZsetValue.NONE) {
                root = Zsets.add(unit, slab, root, text, length, score);
            }
        }
        Zsets.store(
                unit,
                slab,
                target,
                root,
                query.form.search ? Event.GEOSEARCHSTORE : Event.GEORADIUSSTORE);
        if (!found.isEmpty()) {
            unit.effects().count(found.size() - 1L);
        }
        if (query.area.isPolygon() && !unit.effects().isEmpty()) {
            Zsets.passOnWhole(unit, target);
        }
    }
}
