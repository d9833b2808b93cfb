package io.ferrite.node.replication;

import io.ferrite.memory.Memory;
import io.ferrite.node.Node;
import io.ferrite.node.persistence.FunctionLibraries;
import io.ferrite.store.Database;
import io.ferrite.store.Keyspace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** All of the data at once: given up, or replaced, without telling anybody who reads the log. */
final class WholeData {

    private static final int STEP = 4096;

    /** The function libraries of a copy. */
    static final class Libraries {
        private final List<byte[]> codes = new ArrayList<>();

        void add(long code, int length) {
            codes.add(Memory.toBytes(code, length));
        }
    }

    private final Node node;

    WholeData(Node node) {
        this.node = node;
    }

    private Keyspace keyspace() {
        return node.engine().keyspace();
    }

    /** Whether there is no key. */
    static boolean isEmpty(Keyspace keyspace) {
        for (int i = 0; i < keyspace.databases(); i++) {
            if (keyspace.database(i).size() > 0) {
                return false;
            }
        }
        return true;
    }

    /** Removes all data; what it took is freed bit by bit. Any thread but a simulated one's. */
    void empty() {
        node.persistence().libraries().clear();
        long all = node.gate().all();
        node.gate().enter(all);
        try {
            for (int i = 0; i < keyspace().databases(); i++) {
                clear(keyspace().database(i));
            }
            allChanged();
        } finally {
            node.gate().leave(all);
        }
    }

    private void clear(Database database) {
        for (int table = 0; table < keyspace().tables(); table++) {
            database.clear(table);
        }
    }

    /** Tells those who watch keys, or have read some; what was this follower's own is no more. */
    private void allChanged() {
        node.engine().localExpiries().clear();
        node.engine().tracking().allChanged(null);
        for (int i = 0; i < keyspace().databases(); i++) {
            for (int stripe = 0; stripe < keyspace().stripes(); stripe++) {
                node.engine()
                        .watches()
                        .forEach(stripe, i, (session, watched) -> session.setWatchDirty(true));
            }
        }
    }

    /**
     * Puts a twin's data in the place of the old, in one instant. On the home loop.
     *
     * @return false if that is not possible yet
     * @throws IOException if a library cannot be loaded; the old data stays
     */
    boolean takeOver(Keyspace twin, Libraries libraries) throws IOException {
        boolean[] done = new boolean[1];
        IOException[] failed = new IOException[1];
        node.dispatcher(Replication.HOME)
                .runUnit(
                        node.internalSession(),
                        node.gate().all(),
                        unit -> {
                            if (!keyspace().mayTakeOver(twin)) {
                                return;
                            }
                            try {
                                replace(libraries);
                            } catch (IOException e) {
                                failed[0] = e;
                                return;
                            }
                            keyspace().takeOver(twin);
                            allChanged();
                            for (int i = 0; i < keyspace().databases(); i++) {
                                unit.engine().blocking().allReady(unit, i);
                            }
                            done[0] = true;
                        });
        if (failed[0] != null) {
            throw failed[0];
        }
        return done[0];
    }

    private void replace(Libraries libraries) throws IOException {
        FunctionLibraries kept = node.persistence().libraries();
        List<byte[]> before = kept.codes();
        kept.clear();
        try {
            for (byte[] code : libraries.codes) {
                kept.load(code, false);
            }
        } catch (IOException e) {
            kept.clear();
            for (byte[] code : before) {
                kept.load(code, false);
            }
            throw e;
        }
    }

    /** Frees a twin that nobody needs, one stripe at a time. Not on an event loop. */
    void discard(Keyspace twin) {
        for (int stripe = 0; stripe < twin.stripes(); stripe++) {
            boolean more = true;
            boolean cut = false;
            while (more) {
                node.gate().enterOne(stripe);
                try {
                    if (!cut) {
                        cut = true;
                        cutOff(twin, stripe);
                    }
                    more = twin.releaseSome(stripe, STEP);
                } finally {
                    node.gate().leaveOne(stripe);
                }
            }
        }
    }

    private static void cutOff(Keyspace twin, int stripe) {
        for (int i = 0; i < twin.databases(); i++) {
            for (int table = stripe; table < twin.tables(); table += twin.stripes()) {
                twin.database(i).clear(table);
            }
        }
    }
}
