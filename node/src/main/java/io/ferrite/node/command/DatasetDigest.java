package io.ferrite.node.command;

import io.ferrite.memory.Memory;
import io.ferrite.memory.Slab;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Keyspace;
import io.ferrite.store.Type;
import io.ferrite.store.value.ModuleValue;
import io.ferrite.store.encoding.ListpackItem;
import io.ferrite.store.stream.StreamCursor;
import io.ferrite.store.value.HashCursor;
import io.ferrite.store.value.HashValue;
import io.ferrite.store.value.ListCursor;
import io.ferrite.store.value.SetCursor;
import io.ferrite.store.value.ZsetCursor;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * DEBUG DIGEST and DIGEST-VALUE: a fingerprint of data that does not depend on the order of keys,
 * equal to that of a real server with the same data. SHA-1 sums are joined by exclusive or where
 * order does not matter, and hashed again where it does.
 */
final class DatasetDigest {

    private static final int BYTES = 20;

    private final MessageDigest sha1;

    DatasetDigest() {
        try {
            sha1 = MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    static String hex(byte[] digest) {
        return HexFormat.of().formatHex(digest);
    }

    /** The whole data set. Runs under every stripe. */
    byte[] of(Keyspace keyspace) {
        byte[] total = new byte[BYTES];
        for (int i = 0; i < keyspace.databases(); i++) {
            Database database = keyspace.database(i);
            if (database.size() == 0) {
                continue;
            }
            mix(total, bigEndian(i));
            long cursor = 0;
            do {
                cursor =
                        database.scan(
                                cursor,
                                1000,
                                entry -> exclusive(total, sum(ofKey(keyspace, entry))));
            } while (cursor != 0);
        }
        return total;
    }

    private byte[] ofKey(Keyspace keyspace, long entry) {
        byte[] digest = new byte[BYTES];
        mix(digest, Entry.keyBytes(entry));
        value(keyspace, digest, entry);
        return digest;
    }

    /** One value, without its key. */
    byte[] ofValue(Keyspace keyspace, long entry) {
        byte[] digest = new byte[BYTES];
        value(keyspace, digest, entry);
        return digest;
    }

    private void value(Keyspace keyspace, byte[] digest, long entry) {
        mix(digest, bigEndian(Entry.type(entry)));
        switch (Entry.type(entry)) {
            case Type.STRING -> mix(digest, string(entry));
            case Type.LIST -> list(keyspace, digest, entry);
            case Type.SET -> set(keyspace, digest, entry);
            case Type.HASH -> hash(digest, entry);
            case Type.ZSET -> zset(digest, entry);
            case Type.STREAM -> stream(digest, entry);
            case Type.MODULE -> mix(digest, module(Entry.root(entry)));
            default ->
                    throw new IllegalStateException(
                            "no digest for values of type " + Entry.type(entry));
        }
        if (Entry.hasExpiry(entry)) {
            exclusive(digest, sum("!!expire!!".getBytes(StandardCharsets.US_ASCII)));
        }
    }

    private static byte[] module(long root) {
        return Memory.toBytes(ModuleValue.address(root), ModuleValue.length(root));
    }

    private static byte[] string(long entry) {
        if (Entry.isInteger(entry)) {
            return decimal(Entry.integer(entry));
        }
        return Memory.toBytes(Entry.valueAddress(entry), Entry.valueLength(entry));
    }

    private static byte[] decimal(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }

    private void list(Keyspace keyspace, byte[] digest, long entry) {
        Slab slab = keyspace.slab(0); // reading a compressed node takes a block for a moment
        try (ListCursor cursor = new ListCursor()) {
            cursor.open(slab, Entry.root(entry), 0, true);
            while (cursor.next()) {
                mix(digest, bytes(cursor.item()));
            }
        }
    }

    private void hash(byte[] digest, long entry) {
        try (HashCursor cursor = new HashCursor(null, Entry.root(entry))) {
            while (cursor.next()) {
                byte[] element = new byte[BYTES];
                mix(element, bytes(cursor.field()));
                mix(element, bytes(cursor.value()));
                if (cursor.expireAt() != HashValue.NEVER) {
                    exclusive(element, sum("!!hexpire!!".getBytes(StandardCharsets.US_ASCII)));
                }
                exclusive(digest, sum(element));
            }
        }
    }

    private void set(Keyspace keyspace, byte[] digest, long entry) {
        try (SetCursor cursor = new SetCursor(keyspace.slab(0), Entry.root(entry))) {
            while (cursor.next()) {
                exclusive(digest, sum(bytes(cursor.item())));
            }
        }
    }

    private void zset(byte[] digest, long entry) {
        ZsetCursor cursor = new ZsetCursor();
        for (cursor.open(Entry.root(entry), 0, true); cursor.next(); ) {
            byte[] element = new byte[BYTES];
            mix(element, bytes(cursor.member()));
            mix(element, seventeenDigits(cursor.score()).getBytes(StandardCharsets.US_ASCII));
            exclusive(digest, sum(element));
        }
    }

    private void stream(byte[] digest, long entry) {
        StreamCursor cursor = new StreamCursor();
        for (cursor.open(Entry.root(entry), true); cursor.next(); ) {
            String id =
                    Long.toUnsignedString(cursor.ms()) + "." + Long.toUnsignedString(cursor.seq());
            mix(digest, id.getBytes(StandardCharsets.US_ASCII));
            while (cursor.nextField()) {
                mix(digest, bytes(cursor.field()));
                mix(digest, bytes(cursor.value()));
            }
        }
    }

    /** A double as C's {@code %.17g} writes it. */
    private static String seventeenDigits(double value) {
        if (Double.isInfinite(value)) {
            return value < 0 ? "-inf" : "inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        BigDecimal digits = new BigDecimal(value).round(new MathContext(17)).stripTrailingZeros();
        int exponent = digits.precision() - digits.scale() - 1;
        if (exponent >= -4 && exponent < 17) {
            return digits.toPlainString();
        }
        String text = digits.unscaledValue().abs().toString();
        return (value < 0 ? "-" : "")
                + text.charAt(0)
                + (text.length() > 1 ? "." + text.substring(1) : "")
                + (exponent < 0 ? "e-" : "e+")
                + (Math.abs(exponent) < 10 ? "0" : "")
                + Math.abs(exponent);
    }

    private static byte[] bytes(ListpackItem item) {
        return item.isInteger()
                ? decimal(item.integer())
                : Memory.toBytes(item.address(), item.length());
    }

    private static byte[] bigEndian(int number) {
        return new byte[] {
            (byte) (number >>> 24), (byte) (number >>> 16), (byte) (number >>> 8), (byte) number
        };
    }

    private byte[] sum(byte[] bytes) {
        return sha1.digest(bytes);
    }

    private static void exclusive(byte[] digest, byte[] other) {
        for (int i = 0; i < BYTES; i++) {
            digest[i] ^= other[i];
        }
    }

    /** Joins in a way that depends on the order. */
    void mix(byte[] digest, byte[] bytes) {
        exclusive(digest, sum(bytes));
        System.arraycopy(sum(digest), 0, digest, 0, BYTES);
    }
}
