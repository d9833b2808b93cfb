package io.ferrite.node.sentinel;

import io.ferrite.coordination.sentinel.Names;
import io.ferrite.node.Environment;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What host names stand for, as far as was found out. Asking for a name answers at once, and has it
 * looked up again in the background when that was done some time ago. Event loop 0 only.
 */
final class HostNames implements Names {

    private static final int NAMES_MAX = 1024;
    private static final long FRESH_MS = 1000;

    private static final class Entry {
        String ip;
        long askedMs = Long.MIN_VALUE / 2;
        boolean asking;
    }

    private final Environment environment;
    private final SentinelWorld world;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    HostNames(Environment environment, SentinelWorld world) {
        this.environment = environment;
        this.world = world;
    }

    @Override
    public String ip(String host) {
        Entry entry = entries.get(host);
        if (entry == null) {
            if (entries.size() >= NAMES_MAX) {
                entries.remove(entries.keySet().iterator().next());
            }
            entry = new Entry();
            entries.put(host, entry);
        }
        lookUp(host, entry, null);
        return entry.ip;
    }

    /** Looks a name up and then goes on, on the event loop; at once if it is known well enough. */
    void prepare(String host, Runnable then) {
        ip(host);
        Entry entry = entries.get(host);
        if (entry.ip != null) {
            then.run();
        } else {
            entry.asking = false;
            entry.askedMs = Long.MIN_VALUE / 2;
            lookUp(host, entry, then);
        }
    }

    private void lookUp(String host, Entry entry, Runnable then) {
        long now = environment.nanos() / 1_000_000;
        if (entry.asking || now - entry.askedMs < FRESH_MS) {
            return;
        }
        entry.asking = true;
        environment.background(
                "resolve",
                () -> {
                    String ip = world.resolve(host);
                    environment.onLoop(
                            0,
                            () -> {
                                entry.asking = false;
                                entry.askedMs = environment.nanos() / 1_000_000;
                                if (ip != null) {
                                    entry.ip = ip;
                                }
                                if (then != null) {
                                    then.run();
                                }
                            });
                });
    }

    /** Takes over what was found out before the event loops ran. */
    void know(String host, String ip) {
        Entry entry = new Entry();
        entry.ip = ip;
        entries.put(host, entry);
    }
}
