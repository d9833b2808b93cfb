package io.ferrite.engine.string;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Memory;
import io.ferrite.memory.Slice;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.store.Database;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import java.util.ArrayList;
import java.util.List;

/**
 * LCS key1 key2 [LEN] [IDX] [MINMATCHLEN len] [WITHMATCHLEN]: the longest common subsequence by dynamic
 * programming (Wagner and Fischer 1974), one table of (n+1)(m+1) integers.
 */
final class LcsCommand {

    /** A larger table is refused: it would hold the keys' stripes and the heap for too long. */
    private static final long CELLS_MAX = 64L << 20;

    private record Match(int aStart, int aEnd, int bStart, int bEnd) {
        int length() {
            return aEnd - aStart + 1;
        }
    }

    private LcsCommand() {}

    static void lcs(ExecutionUnit unit) {
        byte[] a = value(unit, 1);
        byte[] b = value(unit, 2);
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
        long cells = (a.length + 1L) * (b.length + 1L);
        if (cells * 4 > unit.engine().stringMaxBytes() || cells > CELLS_MAX) {
            throw CommandError.of(
                    "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
        }
        answer(unit.reply(), a, b, table(a, b), length, index, withLength, minimum);
    }

    private static byte[] value(ExecutionUnit unit, int argument) {
        long entry = unit.findRead(unit.arg(argument));
        if (entry == Database.NONE) {
            return new byte[0];
        }
        if (Entry.type(entry) != Type.STRING) {
            throw CommandError.of("ERR The specified keys must contain string values");
        }
        Slice bytes = StringValues.bytes(unit, entry, unit.slice());
        return Memory.toBytes(bytes.address(), bytes.length());
    }

    /** Cell (i, j) at i * (|b| + 1) + j: the length for the first i bytes of a and j of b. */
    private static int[] table(byte[] a, byte[] b) {
        int width = b.length + 1;
        int[] table = new int[(a.length + 1) * width];
        for (int i = 1; i <= a.length; i++) {
            for (int j = 1; j <= b.length; j++) {
                int up = table[(i - 1) * width + j];
                int left = table[i * width + j - 1];
                table[i * width + j] =
                        a[i - 1] == b[j - 1]
                                ? table[(i - 1) * width + j - 1] + 1
                                : Math.max(up, left);
            }
        }
        return table;
    }

    private static void answer(
            ReplyWriter reply,
            byte[] a,
            byte[] b,
            int[] table,
            boolean length,
            boolean index,
            boolean withLength,
            long minimum) {
        int width = b.length + 1;
        int total = table[table.length - 1];
        if (length) {
            reply.integer(total);
            return;
        }
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
            byte[] a, byte[] b, int[] table, int width, byte[] common, List<Match> matches) {
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
            if (table[(i - 1) * width + j] > table[i * width + j - 1]) {
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
