package io.ferrite.node.sentinel;

import io.ferrite.coordination.sentinel.Effect;
import io.ferrite.coordination.sentinel.Severity;
import io.ferrite.coordination.sentinel.Timing;
import io.ferrite.node.log.Log;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/**
 * Programs that are told of events, one after the other and a few at once; who fails in a way that
 * may pass is tried again. Limits, delays and events are Redis'. Event loop 0 only.
 */
final class Errands {

    static final int QUEUE_MAX = 256;
    private static final int RUNNING_MAX = 16;
    private static final int TRIES_MAX = 10;

    /** The exit status by which a program asks to be run again. */
    private static final int TRY_AGAIN = 1;

    /** The number that stands for a signal where a program could not be started at all. */
    private static final int NOT_STARTED = 99;

    /** One program to be run. */
    static final class Job {
        private final List<String> words;
        private SentinelWorld.Program program;
        private boolean running;
        private long startMs;
        private int tries;

        private Job(List<String> words) {
            this.words = words;
        }

        List<String> words() {
            return words;
        }

        boolean isRunning() {
            return running;
        }

        /** When it began to run, or may at the earliest; 0 for at once. */
        long startMs() {
            return startMs;
        }

        int tries() {
            return tries;
        }

        long pid() {
            return program == null ? 0 : program.pid();
        }
    }

    private final SentinelWorld world;
    private final LongSupplier clock;
    private final ToLongFunction<Timing.Name> timing;
    private final Consumer<Effect.Event> events;
    private final Webhooks webhooks;
    private final List<Job> jobs = new ArrayList<>();
    private int running;

    Errands(
            SentinelWorld world,
            Log log,
            LongSupplier clock,
            ToLongFunction<Timing.Name> timing,
            Consumer<Effect.Event> events) {
        this.world = world;
        this.clock = clock;
        this.timing = timing;
        this.events = events;
        this.webhooks = new Webhooks(world, log, clock);
    }

    /** Tells of an event whoever is to be told. */
    void notify(Effect.Event event) {
        if (!event.script().isEmpty()) {
            add(List.of(event.script(), event.type(), event.text()));
        }
        if (!event.webhook().isEmpty()) {
            webhooks.add(event);
        }
    }

    void run(String script, List<String> arguments) {
        List<String> words = new ArrayList<>();
        words.add(script);
        words.addAll(arguments);
        add(words);
    }

    /** The oldest that does not run yet makes room. */
    private void add(List<String> words) {
        jobs.add(new Job(List.copyOf(words)));
        if (jobs.size() > QUEUE_MAX) {
            for (Job job : jobs) {
                if (!job.running) {
                    jobs.remove(job);
                    return;
                }
            }
        }
    }

    /** Starts what may start, and ends what runs for too long. Several times a second. */
    void tick() {
        long now = clock.getAsLong();
        for (Job job : List.copyOf(jobs)) {
            if (running >= RUNNING_MAX) {
                break;
            }
            if (!job.running && job.startMs <= now) {
                start(job, now);
            }
        }
        long most = timing.applyAsLong(Timing.Name.SCRIPT_MAX_RUNTIME);
        for (Job job : jobs) {
            if (job.running && now - job.startMs > most) {
                event("-script-timeout", job.words.getFirst() + " " + job.pid());
                job.program.kill();
            }
        }
        webhooks.tick();
    }

    private void start(Job job, long now) {
        job.tries++;
        job.startMs = now;
        job.program = world.run(job.words, end -> ended(job, end));
        if (job.program == null) {
            event("-script-error", job.words.getFirst() + " " + NOT_STARTED + " 0");
            retryOrDrop(job);
            return;
        }
        job.running = true;
        running++;
        debug("+script-child", Long.toString(job.pid()));
    }

    private void ended(Job job, SentinelWorld.End end) {
        debug("-script-child", job.pid() + " " + end.status() + " " + end.signal());
        running--;
        job.running = false;
        boolean mayPass = end.signal() != 0 || end.status() == TRY_AGAIN;
        if (mayPass && job.tries < TRIES_MAX) {
            retryOrDrop(job);
            return;
        }
        if (end.signal() != 0 || end.status() != 0) {
            String text = job.words.getFirst() + " " + end.signal() + " " + end.status();
            event("-script-error", text);
        }
        jobs.remove(job);
    }

    private void retryOrDrop(Job job) {
        if (job.tries >= TRIES_MAX) {
            jobs.remove(job);
            return;
        }
        job.program = null;
        long delay = timing.applyAsLong(Timing.Name.SCRIPT_RETRY_DELAY) << job.tries - 1;
        job.startMs = clock.getAsLong() + delay;
    }

    private void event(String type, String text) {
        events.accept(new Effect.Event(Severity.WARNING, type, text, "", "", ""));
    }

    private void debug(String type, String text) {
        events.accept(new Effect.Event(Severity.DEBUG, type, text, "", "", ""));
    }

    List<Job> jobs() {
        return jobs;
    }

    int running() {
        return running;
    }

    Webhooks webhooks() {
        return webhooks;
    }
}
