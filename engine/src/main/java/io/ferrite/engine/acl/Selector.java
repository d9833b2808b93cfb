package io.ferrite.engine.acl;

import io.ferrite.base.Glob;
import io.ferrite.memory.Args;
import io.ferrite.memory.Memory;
import io.ferrite.spec.CommandFlag;
import io.ferrite.spec.CommandSpec;
import io.ferrite.spec.KeyFlag;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * One set of permissions: which commands, on which keys, on which channels. A user has one of his
 * own and may have more; a command must be allowed by a single one as a whole. Immutable.
 */
public final class Selector {

    /** A pattern compiled, with its place in the lists, besides its bytes. */
    private static final int PATTERN_BYTES = 256;

    static final int READ = 1;
    static final int WRITE = 2;

    private static final int WRITING =
            KeyFlag.INSERT.bit() | KeyFlag.DELETE.bit() | KeyFlag.UPDATE.bit();

    /** A pattern of keys, and what may be done to those that match. */
    record KeyPattern(String text, Glob glob, int access) {
        @Override
        public String toString() {
            return switch (access) {
                case READ -> "%R~" + text;
                case WRITE -> "%W~" + text;
                default -> "~" + text;
            };
        }
    }

    /** A pattern of channels. */
    record ChannelPattern(String text, Glob glob) {}

    final boolean allKeys;
    final boolean allChannels;

    /** Every command, with no need to look at the bits. */
    final boolean allCommands;

    /** Began with {@code +@all}: what the bits don't know is allowed. */
    final boolean future;

    /** A bit for each command that may run, by {@link CommandSpec#id}. */
    private final long[] commands;

    final List<KeyPattern> keys;
    final List<ChannelPattern> channels;

    /** By a command's id: the first arguments with which it may run although its bit is not set. */
    private final Map<Integer, List<String>> firstArguments;

    private final String rules;

    Selector(SelectorDraft draft) {
        allKeys = draft.allKeys;
        allChannels = draft.allChannels;
        allCommands = draft.allCommands;
        future = draft.future;
        commands = draft.commands.clone();
        keys =
                draft.keys.entrySet().stream()
                        .map(e -> new KeyPattern(e.getKey(), glob(e.getKey()), e.getValue()))
                        .toList();
        channels =
                draft.channels.stream().map(text -> new ChannelPattern(text, glob(text))).toList();
        firstArguments = draft.copyOfFirstArguments();
        rules = draft.rules();
    }

    private static Glob glob(String pattern) {
        return Glob.of(pattern.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Whether nothing is out of reach. */
    boolean isUnrestricted() {
        return allKeys && allChannels && allCommands;
    }

    boolean allowsCommand(CommandSpec spec, Args args) {
        return allCommands
                || bit(spec.id())
                || spec.is(CommandFlag.NO_AUTH)
                || allowsFirstArgument(spec, args);
    }

    /** Whether a command may run whatever its arguments are. */
    boolean bit(int id) {
        return (commands[id >> 6] & 1L << id) != 0;
    }

    private boolean allowsFirstArgument(CommandSpec spec, Args args) {
        List<String> allowed = firstArguments.get(spec.id());
        if (allowed == null || args.count() < 2) {
            return false;
        }
        String first = text(args, 1);
        return allowed.stream().anyMatch(first::equalsIgnoreCase);
    }

    private static String text(Args args, int i) {
        return new String(
                Memory.toBytes(args.address(i), args.length(i)), StandardCharsets.ISO_8859_1);
    }

    /** Whether all that the flags of a key's specification stand for may be done to it. */
    boolean allowsKey(byte[] key, int length, int keyFlags) {
        if (allKeys) {
            return true;
        }
        int wanted = access(keyFlags);
        for (KeyPattern pattern : keys) {
            if ((pattern.access & wanted) == wanted && pattern.glob.matches(key, 0, length)) {
                return true;
            }
        }
        return false;
    }

    private static int access(int keyFlags) {
        return ((keyFlags & KeyFlag.ACCESS.bit()) != 0 ? READ : 0)
                | ((keyFlags & WRITING) != 0 ? WRITE : 0);
    }

    /** Whether every key there may be can be read. */
    boolean readsAllKeys() {
        if (allKeys) {
            return true;
        }
        for (KeyPattern pattern : keys) {
            if ((pattern.access & READ) != 0 && pattern.text.equals("*")) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether a channel may be used.
     *
     * @param literally the name is a pattern to subscribe to: one of ours must be the same
     */
    boolean allowsChannel(byte[] name, int length, boolean literally) {
        if (allChannels) {
            return true;
        }
        if (literally) {
            String wanted = new String(name, 0, length, StandardCharsets.ISO_8859_1);
            return channels.stream().anyMatch(pattern -> pattern.text.equals(wanted));
        }
        for (ChannelPattern pattern : channels) {
            if (pattern.glob.matches(name, 0, length)) {
                return true;
            }
        }
        return false;
    }

    // --- in words --------------------------------------------------------------------------------

    /** The command rules that make these permissions out of none or all. */
    public String commandRules() {
        String start = future ? "+@all" : "-@all";
        return rules.isEmpty() ? start : start + " " + rules;
    }

    /** The patterns of keys as rules. */
    public String keyRules() {
        if (allKeys) {
            return "~*";
        }
        StringBuilder out = new StringBuilder();
        for (KeyPattern pattern : keys) {
            separate(out).append(pattern);
        }
        return out.toString();
    }

    /** The patterns of channels as rules. */
    public String channelRules() {
        if (allChannels) {
            return "&*";
        }
        StringBuilder out = new StringBuilder();
        for (ChannelPattern pattern : channels) {
            separate(out).append('&').append(pattern.text);
        }
        return out.toString();
    }

    private static StringBuilder separate(StringBuilder out) {
        return out.isEmpty() ? out : out.append(' ');
    }

    /** All of it as rules, in the one order in which ACL LIST shows them. */
    String describe() {
        StringBuilder out = new StringBuilder(keyRules());
        if (!allChannels) {
            separate(out).append("resetchannels");
        }
        String channelRules = channelRules();
        if (!channelRules.isEmpty()) {
            separate(out).append(channelRules);
        }
        return separate(out).append(commandRules()).toString();
    }

    /** What these permissions take on the heap, about. */
    long heapBytes() {
        long bytes = 512 + 8L * commands.length + 2L * rules.length();
        for (KeyPattern pattern : keys) {
            bytes += PATTERN_BYTES + 12L * pattern.text.length();
        }
        for (ChannelPattern pattern : channels) {
            bytes += PATTERN_BYTES + 12L * pattern.text.length();
        }
        return bytes;
    }

    /** The permissions to change. */
    SelectorDraft draft() {
        return new SelectorDraft(this, commands, firstArguments);
    }

    String rules() {
        return rules;
    }
}
