package io.ferrite.engine.acl;

import io.ferrite.memory.Args;
import io.ferrite.memory.Memory;
import io.ferrite.spec.CommandCatalog;
import io.ferrite.spec.CommandSpec;
import io.ferrite.spec.KeyFinder;
import io.ferrite.spec.KeyRefs;
import java.util.Arrays;

/**
 * Checks requests against users' rules. One per thread; allocates nothing but for keys longer than
 * any before.
 */
public final class AccessCheck {

    /** Which arguments are channels. */
    private enum Channels {
        NONE,
        FIRST,
        ALL,
        PATTERNS
    }

    private static final int KEPT = 1 << 16;

    /** By command id. */
    private static final Channels[] CHANNELS = channels();

    private final KeyFinder finder = new KeyFinder();
    private final KeyRefs keys = new KeyRefs();

    /** The keys of the request being checked are known. */
    private boolean keysFound;

    private int argument;
    private byte[] text = new byte[256];

    private static Channels[] channels() {
        CommandCatalog catalog = CommandCatalog.load();
        Channels[] channels = new Channels[catalog.ids()];
        Arrays.fill(channels, Channels.NONE); // for those of modules
        for (int id = 0; id < catalog.count(); id++) {
            CommandSpec spec = catalog.get(id);
            channels[id] =
                    switch (spec.name()) {
                        case "publish", "spublish" -> Channels.FIRST;
                        case "subscribe", "ssubscribe" -> Channels.ALL;
                        case "psubscribe" -> Channels.PATTERNS;
                        default -> Channels.NONE;
                    };
        }
        return channels;
    }

    /** What keeps a user from running a command; {@link #argument} tells which one it is about. */
    public Denial check(UserRules rules, CommandSpec spec, Args args) {
        keysFound = false;
        Denial worst = Denial.COMMAND;
        int last = 0;
        for (Selector selector : rules.selectors()) {
            Denial denial = check(selector, spec, args);
            if (denial == Denial.NONE) {
                return Denial.NONE;
            }
            if (denial.compareTo(worst) > 0 || denial == worst && argument > last) {
                worst = denial;
                last = argument;
            }
        }
        argument = last;
        return worst;
    }

    /** The argument that the last check failed for: a key's or channel's place, 0 for the name. */
    public int argument() {
        return argument;
    }

    /**
     * Whether one selector allows a command and to read every key besides: what a command needs
     * whose keys nobody knows before it runs.
     */
    public boolean mayReadAllKeys(UserRules rules, CommandSpec spec, Args args) {
        keysFound = false;
        for (Selector selector : rules.selectors()) {
            if (selector.readsAllKeys() && check(selector, spec, args) == Denial.NONE) {
                return true;
            }
        }
        return false;
    }

    private Denial check(Selector selector, CommandSpec spec, Args args) {
        argument = 0;
        if (!selector.allowsCommand(spec, args)) {
            return Denial.COMMAND;
        }
        if (!selector.allKeys && spec.mayHaveKeys() && !allowsKeys(selector, spec, args)) {
            return Denial.KEY;
        }
        if (!selector.allChannels && !allowsChannels(selector, spec, args)) {
            return Denial.CHANNEL;
        }
        return Denial.NONE;
    }

    private boolean allowsKeys(Selector selector, CommandSpec spec, Args args) {
        if (!keysFound) {
            finder.findAny(spec, args, keys);
            keysFound = true;
        }
        for (int i = 0; i < keys.count(); i++) {
            int position = keys.position(i);
            int length = copy(args, position);
            if (!selector.allowsKey(text, length, keys.flags(i))) {
                argument = position;
                return false;
            }
        }
        return true;
    }

    private boolean allowsChannels(Selector selector, CommandSpec spec, Args args) {
        Channels kind = CHANNELS[spec.id()];
        int end =
                switch (kind) {
                    case NONE -> 0;
                    case FIRST -> 2;
                    case ALL, PATTERNS -> args.count();
                };
        for (int i = 1; i < end; i++) {
            int length = copy(args, i);
            if (!selector.allowsChannel(text, length, kind == Channels.PATTERNS)) {
                argument = i;
                return false;
            }
        }
        return true;
    }

    private int copy(Args args, int i) {
        int length = args.length(i);
        if (length > text.length || text.length > KEPT) {
            text = new byte[Math.max(length, 256)];
        }
        Memory.copyOut(args.address(i), text, 0, length);
        return length;
    }
}
