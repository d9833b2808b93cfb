package io.ferrite.node.script;

import io.ferrite.spec.CommandFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a script says of itself in its first line, or a function when it is registered. */
final class ScriptFlags {

    static final int NO_WRITES = 1;
    static final int ALLOW_OOM = 1 << 1;
    static final int ALLOW_STALE = 1 << 2;
    static final int NO_CLUSTER = 1 << 3;
    static final int ALLOW_CROSS_SLOT = 1 << 4;

    /** A script without such a line: judged command by command, as before there were flags. */
    static final int COMPATIBLE = 1 << 5;

    private static final List<String> NAMES =
            List.of("no-writes", "allow-oom", "allow-stale", "no-cluster", "allow-cross-slot-keys");

    private ScriptFlags() {}

    /** The flag of this name, or 0. */
    static int of(String name) {
        int i = NAMES.indexOf(name);
        return i < 0 ? 0 : 1 << i;
    }

    /** As {@link #of}, in any case. */
    static int ofAnyCase(String name) {
        return of(name.toLowerCase(Locale.ROOT));
    }

    static List<String> names(int flags) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < NAMES.size(); i++) {
            if ((flags & 1 << i) != 0) {
                names.add(NAMES.get(i));
            }
        }
        return names;
    }

    /** A command's flags, changed to what the script that it runs says of itself. */
    static long applied(long command, int flags) {
        if ((flags & COMPATIBLE) != 0) {
            return command;
        }
        long changed =
                command
                        & ~(CommandFlag.STALE.bit()
                                | CommandFlag.DENYOOM.bit()
                                | CommandFlag.WRITE.bit()
                                | CommandFlag.MAY_REPLICATE.bit());
        if ((flags & (ALLOW_OOM | NO_WRITES)) == 0) {
            changed |= CommandFlag.DENYOOM.bit();
        }
        if ((flags & NO_WRITES) == 0) {
            changed |= CommandFlag.WRITE.bit();
        }
        if ((flags & ALLOW_STALE) != 0) {
            changed |= CommandFlag.STALE.bit();
        }
        return changed;
    }
}
