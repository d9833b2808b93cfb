package io.ferrite.engine.geo;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.Effects;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LongReal;
import io.ferrite.engine.Numbers;
import io.ferrite.engine.zset.Zsets;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.value.ZsetValue;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Positions on the earth, kept as the scores of a sorted set. */
public final class GeoCommands {

    private static final CommandError UNKNOWN_UNIT =
            CommandError.of("ERR unsupported unit provided. please use M, KM, FT, MI");

    private GeoCommands() {}

    public static void register(CommandTable.Builder table) {
        table.bind("GEOADD", GeoCommands::geoadd)
                .bind("GEODIST", GeoCommands::geodist)
                .bind("GEOHASH", GeoCommands::geohash)
                .bind("GEOPOS", GeoCommands::geopos);
        GeosearchCommands.register(table);
    }

    /** GEOADD key [NX|XX] [CH] longitude latitude member [longitude latitude member ...]. */
    static void geoadd(ExecutionUnit unit) {
        boolean nx = false;
        boolean xx = false;
        boolean changes = false;
        int first = 2;
        for (; first < unit.argc(); first++) {
            Slice word = unit.arg(first);
            if (word.isWord("NX")) {
                nx = true;
            } else if (word.isWord("XX")) {
                xx = true;
            } else if (word.isWord("CH")) {
                changes = true;
            } else {
                break;
            }
        }
        int left = unit.argc() - first;
        if (left % 3 != 0 || xx && nx || left == 0) {
            throw CommandError.SYNTAX;
        }
        long[] places = new long[left / 3];
        for (int i = 0; i < places.length; i++) {
            places[i] = place(unit, first + 3 * i);
        }
        Slice key = unit.arg(1);
        long entry = unit.findWrite(key, Type.ZSET);
        if (entry == Database.NONE && xx) {
            unit.reply().integer(0);
            return;
        }
        Slab slab = unit.slab(key);
        long root = Zsets.rootOrNew(slab, entry);
        long added = 0;
        long updated = 0;
        for (int i = 0; i < places.length; i++) {
            double score = places[i];
            long member = unit.request().address(first + 3 * i + 2);
            int length = unit.request().length(first + 3 * i + 2);
            long place = ZsetValue.find(root, member, length);
            if (place == ZsetValue.NONE) {
                if (!xx) {
                    root = Zsets.add(unit, slab, root, member, length, score);
                    added++;
                }
            } else if (!nx && ZsetValue.score(root, place) != score) {
                root = ZsetValue.setScore(slab, root, place, member, length, score);
                updated++;
            }
        }
        Zsets.put(unit, key, entry, root);
        if (added + updated > 0) {
            passOn(unit, first, places);
            unit.effects().changed(key, Event.ZADD);
            unit.effects().count(added + updated - 1);
        }
        unit.reply().integer(changes ? added + updated : added);
    }

    /** Followers see a ZADD with the same options. */
    private static void passOn(ExecutionUnit unit, int first, long[] places) {
        Request request = unit.request();
        Effects effects = unit.effects().command(first + 2 * places.length).word("zadd");
        for (int i = 1; i < first; i++) {
            effects.arg(request.address(i), request.length(i));
        }
        for (int i = 0; i < places.length; i++) {
            int member = first + 3 * i + 2;
            effects.number(places[i]).arg(request.address(member), request.length(member));
        }
    }

    /** The bits of the position at two arguments, which must be on the map; they are its score. */
    private static long place(ExecutionUnit unit, int at) {
        double longitude = Numbers.real(unit.arg(at));
        double latitude = Numbers.real(unit.arg(at + 1));
        checkOnMap(longitude, latitude);
        return Geohash.bits(longitude, latitude);
    }

    static void checkOnMap(double longitude, double latitude) {
        if (!Geohash.isOnMap(longitude, latitude)) {
            throw CommandError.of(
                    "ERR invalid longitude,latitude pair "
                            + sixDecimals(longitude)
                            + ","
                            + sixDecimals(latitude));
        }
    }

    private static String sixDecimals(double value) {
        return Double.isInfinite(value)
                ? value < 0 ? "-inf" : "inf"
                : String.format(Locale.ROOT, "%.6f", new BigDecimal(value));
    }

    /** The meters of a unit of length. */
    static double unit(Slice word) {
        if (word.isWord("M")) {
            return 1;
        } else if (word.isWord("KM")) {
            return 1000;
        } else if (word.isWord("FT")) {
            return 0.3048;
        } else if (word.isWord("MI")) {
            return 1609.34;
        }
        throw UNKNOWN_UNIT;
    }

    private static long place(ExecutionUnit unit, long entry, int arg) {
        return entry == Database.NONE
                ? ZsetValue.NONE
                : ZsetValue.find(
                        Entry.root(entry), unit.request().address(arg), unit.request().length(arg));
    }

    /** GEODIST key member1 member2 [M|KM|FT|MI]. */
    static void geodist(ExecutionUnit unit) {
        if (unit.argc() > 5) {
            throw CommandError.SYNTAX;
        }
        double meters = unit.argc() == 5 ? unit(unit.arg(4)) : 1;
        long entry = unit.findRead(unit.arg(1), Type.ZSET);
        long from = place(unit, entry, 2);
        long to = place(unit, entry, 3);
        if (from == ZsetValue.NONE || to == ZsetValue.NONE) {
            unit.reply().nil();
            return;
        }
        double one = ZsetValue.score(Entry.root(entry), from);
        double other = ZsetValue.score(Entry.root(entry), to);
        double distance =
                Geohash.distance(
                        Geohash.longitude(one),
                        Geohash.latitude(one),
                        Geohash.longitude(other),
                        Geohash.latitude(other));
        replyDistance(unit.reply(), distance / meters);
    }

    /** Four decimals, rounded to the nearest, as text. */
    static void replyDistance(ReplyWriter reply, double distance) {
        reply.bulk(new BigDecimal(distance).setScale(4, RoundingMode.HALF_EVEN).toPlainString());
    }

    static void replyCoordinates(ReplyWriter reply, double longitude, double latitude) {
        reply.array(2);
        replyCoordinate(reply, longitude);
        replyCoordinate(reply, latitude);
    }

    private static void replyCoordinate(ReplyWriter reply, double value) {
        byte[] text = LongReal.text(new BigDecimal(value));
        if (reply.protocol() == 2) {
            reply.bulk(text);
        } else {
            reply.raw(
                    ("," + new String(text, StandardCharsets.US_ASCII) + "\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
        }
    }

    static void geohash(ExecutionUnit unit) {
        long entry = unit.findRead(unit.arg(1), Type.ZSET);
        unit.reply().array(unit.argc() - 2);
        for (int i = 2; i < unit.argc(); i++) {
            long place = place(unit, entry, i);
            if (place == ZsetValue.NONE) {
                unit.reply().nil();
            } else {
                unit.reply().bulk(Geohash.text(ZsetValue.score(Entry.root(entry), place)));
            }
        }
    }

    static void geopos(ExecutionUnit unit) {
        long entry = unit.findRead(unit.arg(1), Type.ZSET);
        unit.reply().array(unit.argc() - 2);
        for (int i = 2; i < unit.argc(); i++) {
            long place = place(unit, entry, i);
            if (place == ZsetValue.NONE) {
                unit.reply().nilArray();
            } else {
                double score = ZsetValue.score(Entry.root(entry), place);
                replyCoordinates(unit.reply(), Geohash.longitude(score), Geohash.latitude(score));
            }
        }
    }
}
