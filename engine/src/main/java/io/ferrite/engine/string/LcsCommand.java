package io.ferrite.engine.string;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.Slice;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * LCS key1 key2 [LEN] [IDX] [MINMATCHLEN len] [WITHMATCHLEN]: the longest common subsequence by
 * dynamic programming (Wagner and Fischer 1974), one off-heap table of (n+1)(m+1) integers of 32
 * bits. The length alone needs two rows of it, but is refused for the same sizes.
 */
final class LcsCommand {

    private static final int CELL_BYTES = 4;

    private static final CommandError TOO_LARGE =
            CommandError.of(
                    "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");

    private record Match(int aStart, int aEnd, int bStart, int bEnd) {
        int length() {
            return aEnd - aStart + 1;
        }
    }

    private LcsCommand() {}

    static void lcs(ExecutionUnit unit) {
        long first = unit.findRead(unit.arg(1));
        long second = unit.findRead(unit.arg(2));
        if (!isStringOrNone(first) || !isStringOrNone(second)) {
            throw CommandError.of("ERR The specified keys must contain string values");
        }
        // To look for the second key may have removed it, but does not move the first.
        byte[] a = value(unit, first);
        byte[] b = value(unit, second);
        boolean length = false;
        boolean index = false;
        boolean withLength = false;
        long minimum = 0;
        for (int i = 3; i < unit.argc(); i++) {
            Slice word = unit.arg(i);
            if (word.isWord("LEN")) {
                length = true;
            } else if (word.isWord("IDX")) {
                index = true;
            } else if (word.isWord("WITHMATCHLEN")) {
                withLength = true;
            } else if (word.isWord("MINMATCHLEN") && i < unit.argc() - 1) {
                minimum = Math.max(0, Numbers.integer(unit.arg(++i)));
            } else {
                throw CommandError.SYNTAX;
            }
        }
        if (length && index) {
            throw CommandError.of(
                    "ERR If you want both the length and indexes, please just use IDX.");
        }
        long bytes = (a.length + 1L) * (b.length + 1L) * CELL_BYTES;
        if (bytes > unit.engine().stringMaxBytes()) {
            throw TOO_LARGE;
        }
        if (length) {
            unit.reply().integer(length(a, b));
            return;
        }
        long table = unit.clientSlab().take(bytes, MemoryTag.OTHER);
        try {
            fill(table, a, b);
            answer(unit.reply(), a, b, table, index, withLength, minimum);
        } finally {
            unit.clientSlab().give(table, bytes, MemoryTag.OTHER);
        }
    }

    private static boolean isStringOrNone(long entry) {
        return entry == Database.NONE || Entry.type(entry) == Type.STRING;
    }

    private static byte[] value(ExecutionUnit unit, long entry) {
        if (entry == Database.NONE) {
            return new byte[0];
        }
        Slice bytes = StringValues.bytes(unit, entry, unit.slice());
        return Memory.toBytes(bytes.address(), bytes.length());
    }

    private static int length(byte[] a, byte[] b) {
        int[] above = new int[b.length + 1];
        int[] row = new int[b.length + 1];
        for (byte x : a) {
            for (int j = 1; j <= b.length; j++) {
                row[j] = x == b[j - 1] ? above[j - 1] + 1 : Math.max(above[j], row[j - 1]);
            }
            int[] filled = row;
            row = above;
            above = filled;
        }
        return above[b.length];
    }

    /** Cell (i, j) at i * (|b| + 1) + j: the length for the first i bytes of a and j of b. */
    private static int cell(long table, int width, int i, int j) {
        return Memory.getInt(table + ((long) i * width + j) * CELL_BYTES);
    }

    private static void fill(long table, byte[] a, byte[] b) {
        int width = b.length + 1;
        Memory.fill(table, (long) width * CELL_BYTES, (byte) 0);
        for (int i = 1; i <= a.length; i++) {
            long above = table + (long) (i - 1) * width * CELL_BYTES;
            long row = above + (long) width * CELL_BYTES;
            Memory.putInt(row, 0);
            int left = 0;
            int diagonal = 0;
            for (int j = 1; j <= b.length; j++) {
                int up = Memory.getInt(above + (long) j * CELL_BYTES);
                left = a[i - 1] == b[j - 1] ? diagonal + 1 : Math.max(up, left);
                Memory.putInt(row + (long) j * CELL_BYTES, left);
                diagonal = up;
            }
        }
    }

    private static void answer(
            ReplyWriter reply,
            byte[] a,
            byte[] b,
            long table,
            boolean index,
            boolean withLength,
            long minimum) {
        int width = b.length + 1;
        int total = cell(table, width, a.length, b.length);
        byte[] common = new byte[total];
        List<Match> matches = new ArrayList<>();
        walk(a, b, table, width, common, matches);
        if (!index) {
            reply.bulk(common);
            return;
        }
        long shown = matches.stream().filter(m -> minimum == 0 || m.length() >= minimum).count();
        reply.map(2);
        reply.bulk("matches");
        reply.array(shown);
        for (Match match : matches) {
            if (minimum != 0 && match.length() < minimum) {
                continue;
            }
            reply.array(withLength ? 3 : 2);
            pair(reply, match.aStart, match.aEnd);
            pair(reply, match.bStart, match.bEnd);
            if (withLength) {
                reply.integer(match.length());
            }
        }
        reply.bulk("len");
        reply.integer(total);
    }

    private static void pair(ReplyWriter reply, int start, int end) {
        reply.array(2);
        reply.integer(start);
        reply.integer(end);
    }

    /** Walks back from the last cell; matches come out last first, as Redis shows them. */
    private static void walk(
            byte[] a, byte[] b, long table, int width, byte[] common, List<Match> matches) {
        int i = a.length;
        int j = b.length;
        int at = common.length;
        int aEnd = -1;
        int bEnd = -1;
        while (i > 0 && j > 0) {
            if (a[i - 1] == b[j - 1]) {
                if (aEnd < 0) {
                    aEnd = i - 1;
                    bEnd = j - 1;
                }
                common[--at] = a[i - 1];
                i--;
                j--;
                continue;
            }
            if (aEnd >= 0) {
                matches.add(new Match(i, aEnd, j, bEnd));
                aEnd = -1;
            }
            if (cell(table, width, i - 1, j) > cell(table, width, i, j - 1)) {
                i--;
            } else {
                j--;
            }
        }
        if (aEnd >= 0) {
            matches.add(new Match(i, aEnd, j, bEnd));
        }
    }
}
