package io.ferrite.node.sentinel;

import io.ferrite.coordination.sentinel.Effect;
import io.ferrite.node.log.Log;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Events as JSON to web addresses: what scripts are where nobody can put a script. One address is
 * told one event after the other; one that fails is tried again, later each time. What can't be
 * kept is dropped, the oldest first, and counted. Event loop 0 only.
 */
final class Webhooks {

    static final int QUEUE_MAX = 256;
    static final int TRIES_MAX = 10;
    private static final int TIMEOUT_MS = 5000;
    private static final long RETRY_MS = 1000;
    private static final long RETRY_MOST_MS = 60_000;

    private static final class Job {
        private final String url;
        private final String json;
        private final String type;
        private int tries;
        private long notBeforeMs;
        private boolean running;

        Job(String url, String json, String type) {
            this.url = url;
            this.json = json;
            this.type = type;
        }
    }

    private final SentinelWorld world;
    private final Log log;
    private final LongSupplier clock;
    private final List<Job> jobs = new ArrayList<>();
    private long dropped;

    Webhooks(SentinelWorld world, Log log, LongSupplier clock) {
        this.world = world;
        this.log = log;
        this.clock = clock;
    }

    void add(Effect.Event event) {
        String json =
                new Json()
                        .put("event", event.type())
                        .put("message", event.text())
                        .put("master", event.master())
                        .put("severity", event.severity().name().toLowerCase(java.util.Locale.ROOT))
                        .put("time_ms", clock.getAsLong())
                        .toString();
        jobs.add(new Job(event.webhook(), json, event.type()));
        if (jobs.size() > QUEUE_MAX) {
            for (Job job : jobs) {
                if (!job.running) {
                    jobs.remove(job);
                    dropped++;
                    return;
                }
            }
        }
    }

    void tick() {
        long now = clock.getAsLong();
        List<String> busy = new ArrayList<>();
        for (Job job : List.copyOf(jobs)) {
            // In the order of the events: the first of an address goes before the others.
            if (!busy.contains(job.url) && !job.running && job.notBeforeMs <= now) {
                job.running = true;
                job.tries++;
                world.post(job.url, job.json, TIMEOUT_MS, status -> ended(job, status));
            }
            busy.add(job.url);
        }
    }

    private void ended(Job job, int status) {
        job.running = false;
        if (status >= 200 && status < 300) {
            jobs.remove(job);
        } else if (job.tries >= TRIES_MAX) {
            jobs.remove(job);
            dropped++;
            log.warning(
                    "The webhook "
                            + job.url
                            + " was not told of "
                            + job.type
                            + ": status "
                            + status);
        } else {
            long delay = Math.min(RETRY_MS << job.tries - 1, RETRY_MOST_MS);
            job.notBeforeMs = clock.getAsLong() + delay;
        }
    }

    int length() {
        return jobs.size();
    }

    long dropped() {
        return dropped;
    }
}
