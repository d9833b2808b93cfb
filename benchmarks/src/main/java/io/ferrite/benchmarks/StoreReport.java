package io.ferrite.benchmarks;

import com.sun.management.ThreadMXBean;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slab;
import io.ferrite.memory.Slice;
import io.ferrite.store.Database;
import io.ferrite.store.Keyspace;
import io.ferrite.store.KeyspaceSettings;
import java.lang.management.ManagementFactory;

/**
 * What a key costs: bytes by tag, and time to set and to find, for strings with 16-byte keys.
 *
 * <p>Usage: {@code StoreReport [keys [value length [tables]]]}; 4,000,000, 32 and 16 if not said.
 */
public final class StoreReport {

    private static final int KEY_LENGTH = 16;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final int keys;
    private final int valueLength;
    private final Slab slab = new Slab();
    private final Keyspace keyspace;
    private final Database database;
    private final Slab scratch = new Slab();
    private final long keyAt = scratch.take(64, MemoryTag.OTHER);
    private final Slice key = new Slice();
    private final long value;

    private StoreReport(int keys, int valueLength, int tables) {
        this.keys = keys;
        this.valueLength = valueLength;
        keyspace = new Keyspace(KeyspaceSettings.ofStrings(1, tables, slab));
        database = keyspace.database(0);
        value = scratch.take(Math.max(8, valueLength), MemoryTag.OTHER);
        Memory.fill(value, valueLength, (byte) 'v');
    }

    public static void main(String[] args) {
        int keys = args.length > 0 ? Integer.parseInt(args[0]) : 4_000_000;
        int valueLength = args.length > 1 ? Integer.parseInt(args[1]) : 32;
        int tables = args.length > 2 ? Integer.parseInt(args[2]) : 16;
        // Small ones first, so that the compiler knows all paths.
        for (int i = 0; i < 3; i++) {
            new StoreReport(200_000, valueLength, tables).run(false);
        }
        new StoreReport(keys, valueLength, tables).run(true);
    }

    private void run(boolean print) {
        time("put new        ", print, this::put);
        if (print) {
            printMemory();
        }
        time("only the key   ", print, i -> spelt(random(i)));
        time("find, random   ", print, i -> find(random(i)));
        time("find, missing  ", print, i -> find(keys + random(i)));
        time("overwrite      ", print, i -> put(random(i)));
        time("set an expiry  ", print, this::expire);
        if (print) {
            printMemory();
        }
        expireAll(print);
        time("put again      ", print, this::put);
        time("delete         ", print, this::delete);
        if (print) {
            printSlowest();
        }
        for (int stripe = 0; stripe < keyspace.stripes(); stripe++) {
            keyspace.releaseSome(stripe, Integer.MAX_VALUE);
        }
        keyspace.close();
        if (print) {
            System.out.printf("left           %6d bytes%n", slab.usedBytes());
        }
        slab.close();
    }

    /** Each put by itself, in the time of the processor, which other processes do not add to. */
    private void printSlowest() {
        long slowest = 0;
        long over = 0;
        for (int i = 0; i < keys; i++) {
            long before = cpuTime();
            put(i);
            long took = cpuTime() - before;
            slowest = Math.max(slowest, took);
            over += took > 100_000 ? 1 : 0;
        }
        System.out.printf(
                "slowest put    %6.1f us; %d of %d over 100 us%n", slowest / 1e3, over, keys);
    }

    private static long cpuTime() {
        return THREADS.getCurrentThreadCpuTime();
    }

    private interface Work {
        long once(int i);
    }

    private void time(String what, boolean print, Work work) {
        long sum = 0;
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        long start = cpuTime();
        for (int i = 0; i < keys; i++) {
            sum += work.once(i);
        }
        long took = cpuTime() - start;
        allocated = THREADS.getCurrentThreadAllocatedBytes() - allocated;
        if (print) {
            System.out.printf(
                    "%s%6.1f ns  %8.5f bytes of heap%s%n",
                    what, (double) took / keys, (double) allocated / keys, sum == 0 ? "." : "");
        }
    }

    private int random(int i) {
        return (int) ((i * 0x9E3779B97F4A7C15L >>> 16) % keys & 0x7FFFFFFF) % keys;
    }

    private void spell(int number) {
        Memory.putLong(keyAt, 0x3030303A79656BL << 8 | 'k');
        int rest = number;
        for (int i = KEY_LENGTH - 1; i >= 6; i--) {
            Memory.putByte(keyAt + i, '0' + rest % 10);
            rest /= 10;
        }
        key.set(keyAt, KEY_LENGTH);
    }

    /** What the other lines contain too: to write a key and to hash it. */
    private long spelt(int number) {
        spell(number);
        return key.hash();
    }

    private long put(int number) {
        spell(number);
        return database.putString(key, value, valueLength, false);
    }

    private long find(int number) {
        spell(number);
        long entry = database.find(key);
        return entry == Database.NONE ? 1 : Memory.getByte(entry);
    }

    private long expire(int number) {
        spell(number);
        return database.setExpire(key, database.find(key), 1_000_000 + random(number));
    }

    private void expireAll(boolean print) {
        long start = cpuTime();
        long[] told = {0};
        for (int table = 0; table < keyspace.tables(); table++) {
            database.expireSome(table, Long.MAX_VALUE, Integer.MAX_VALUE, entry -> told[0]++);
        }
        long took = cpuTime() - start;
        if (print) {
            System.out.printf("expire         %6.1f ns   (%d)%n", (double) took / keys, told[0]);
        }
    }

    private long delete(int number) {
        spell(number);
        return database.delete(key) ? 1 : 0;
    }

    private void printMemory() {
        System.out.printf("%,d keys of %d bytes, values of %d%n", keys, KEY_LENGTH, valueLength);
        for (MemoryTag tag : MemoryTag.values()) {
            if (slab.usedBytes(tag) > 0) {
                System.out.printf(
                        "%-15s%6.2f bytes a key%n", tag, (double) slab.usedBytes(tag) / keys);
            }
        }
        System.out.printf("all            %6.2f bytes a key%n", (double) slab.usedBytes() / keys);
    }
}
