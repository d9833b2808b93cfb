package io.ferrite.node;

import io.ferrite.engine.CommandTable;
import io.ferrite.spec.CommandFlag;
import io.ferrite.spec.CommandSpec;

/** What a node is, as far as its commands tell: the same program serves data or is a Sentinel. */
public interface NodeKind {

    /** Serves data. */
    NodeKind SERVER =
            new NodeKind() {
                @Override
                public void choose(CommandTable.Builder table, Node node) {
                    table.keepOnly(this::knows);
                }

                @Override
                public boolean knows(CommandSpec spec) {
                    return !spec.is(CommandFlag.ONLY_SENTINEL);
                }

                @Override
                public String mode() {
                    return "standalone";
                }
            };

    /** Changes the table of all commands to those that this kind has. */
    void choose(CommandTable.Builder table, Node node);

    /** Whether a name is that of a command here; others are answered as if there were none. */
    boolean knows(CommandSpec spec);

    /** What HELLO and INFO call it. */
    String mode();

    default boolean isSentinel() {
        return false;
    }
}
