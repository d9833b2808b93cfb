package io.ferrite.spec;

import io.ferrite.memory.Args;

/** The key procedures, one method each. See {@link KeyProcedure}. */
final class KeyProcedures {

    private static final int READ = KeyFlag.RO.bit() | KeyFlag.ACCESS.bit();
    private static final int READ_AND_UPDATE =
            KeyFlag.RW.bit() | KeyFlag.ACCESS.bit() | KeyFlag.UPDATE.bit();
    private static final int OVERWRITE = KeyFlag.OW.bit() | KeyFlag.UPDATE.bit();
    private static final int MOVE_AWAY =
            KeyFlag.RW.bit() | KeyFlag.ACCESS.bit() | KeyFlag.DELETE.bit();
    private static final int REMOVE = KeyFlag.RM.bit() | KeyFlag.DELETE.bit();

    /** Returns how many keys; 0 if none, or if the arguments make no sense. */
    int find(CommandSpec spec, Args args, KeyRefs out) {
        switch (spec.procedure()) {
            case NONE -> {}
            case NUMKEYS -> numkeys(spec, args, out);
            case SORT -> sort(args, out);
            case SORT_RO -> out.add(1, READ);
            case MIGRATE -> migrate(args, out);
            case SET -> out.add(1, readsBefore(args) ? READ_AND_UPDATE : OVERWRITE);
            case BITFIELD -> out.add(1, changesBits(args) ? READ_AND_UPDATE : READ);
            case DELEX -> out.add(1, args.count() == 2 ? REMOVE : MOVE_AWAY);
            case XREAD -> xread(args, out);
            case GEORADIUS -> georadius(args, out);
        }
        return out.count();
    }

    /** Keys behind a number that Redis reads with atoi; then the destination, if there is one. */
    private static void numkeys(CommandSpec spec, Args args, KeyRefs out) {
        int destination = 0;
        for (KeySpec keys : spec.keySpecs()) {
            if (keys.find() == KeySpec.Find.RANGE) {
                destination = keys.index();
                continue;
            }
            int number = keys.index() + keys.a();
            int first = keys.index() + keys.b();
            int step = keys.c();
            int count = number < args.count() ? Text.leadingNumber(args, number) : 0;
            if (count < 1 || count > (args.count() - first) / step) {
                return;
            }
            for (int i = 0; i < count; i++) {
                out.add(first + i * step, 0);
            }
        }
        if (destination > 0) {
            out.add(destination, 0);
        }
    }

    /** SORT key [BY pattern] [LIMIT offset count] [GET pattern ...] [STORE destination] ... */
    private static void sort(Args args, KeyRefs out) {
        out.add(1, READ);
        int destination = 0;
        for (int i = 2; i < args.count(); i++) {
            if (Text.is(args, i, "LIMIT")) {
                i += 2;
            } else if (Text.is(args, i, "GET") || Text.is(args, i, "BY")) {
                i++;
            } else if (Text.is(args, i, "STORE") && i + 1 < args.count()) {
                destination = ++i; // the last one counts, and its name is no option
            }
        }
        if (destination > 0) {
            out.add(destination, OVERWRITE);
        }
    }

    /**
     * MIGRATE host port key|"" db timeout [COPY] [REPLACE] [AUTH ..] [AUTH2 .. ..] [KEYS key ...]
     */
    private static void migrate(Args args, KeyRefs out) {
        for (int i = 6; i < args.count(); i++) {
            if (Text.is(args, i, "KEYS")) {
                // With both forms of keys the command refuses.
                if (args.length(3) == 0) {
                    for (int key = i + 1; key < args.count(); key++) {
                        out.add(key, MOVE_AWAY);
                    }
                }
                return;
            }
            if (Text.is(args, i, "AUTH")) {
                i++;
            } else if (Text.is(args, i, "AUTH2")) {
                i += 2;
            }
        }
        out.add(3, MOVE_AWAY);
    }

    /** Whether SET's options make it look at the value before, to return it or to compare it. */
    private static boolean readsBefore(Args args) {
        for (int i = 3; i < args.count(); i++) {
            switch (args.length(i)) {
                case 3 -> {
                    if (Text.is(args, i, "GET")) {
                        return true;
                    }
                }
                case 4 -> {
                    if (Text.is(args, i, "IFEQ") || Text.is(args, i, "IFNE")) {
                        return true;
                    }
                }
                case 5 -> {
                    if (Text.is(args, i, "IFDEQ") || Text.is(args, i, "IFDNE")) {
                        return true;
                    }
                }
                default -> {}
            }
        }
        return false;
    }

    /**
     * Whether BITFIELD's operations are anything but GET; what can't be understood counts as a
     * change.
     */
    private static boolean changesBits(Args args) {
        for (int i = 2; i < args.count(); i++) {
            int left = args.count() - i - 1;
            if (Text.is(args, i, "GET") && left >= 2) {
                i += 2;
            } else if (Text.is(args, i, "OVERFLOW") && left >= 1) {
                i++;
            } else {
                return true;
            }
        }
        return false;
    }

    /**
     * XREAD and XREADGROUP: options, then STREAMS, then as many keys as identifiers. The options
     * are walked because STREAMS may also be the name of a group or a consumer.
     */
    private static void xread(Args args, KeyRefs out) {
        int i = 1;
        while (i < args.count() && !Text.is(args, i, "STREAMS")) {
            if (Text.is(args, i, "GROUP")) {
                i += 3;
            } else if (Text.is(args, i, "NOACK")) {
                i++;
            } else if (Text.is(args, i, "BLOCK")
                    || Text.is(args, i, "COUNT")
                    || Text.is(args, i, "MAXCOUNT")
                    || Text.is(args, i, "MAXSIZE")
                    || Text.is(args, i, "CLAIM")) {
                i += 2;
            } else {
                return;
            }
        }
        int first = i + 1;
        int both = args.count() - first;
        if (both <= 0 || both % 2 != 0) {
            return;
        }
        for (int key = first; key < first + both / 2; key++) {
            out.add(key, READ);
        }
    }

    /** GEORADIUS and GEORADIUSBYMEMBER: of several STORE and STOREDIST the last one counts. */
    private static void georadius(Args args, KeyRefs out) {
        int destination = 0;
        for (int i = 5; i + 1 < args.count(); i++) {
            if (Text.is(args, i, "STORE") || Text.is(args, i, "STOREDIST")) {
                destination = ++i;
            }
        }
        out.add(1, READ);
        if (destination > 0) {
            out.add(destination, OVERWRITE);
        }
    }
}
