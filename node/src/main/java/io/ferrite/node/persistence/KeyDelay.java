package io.ferrite.node.persistence;

import io.ferrite.node.config.NumberOption;
import io.ferrite.node.config.Settings;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Makes a job on many keys slow, so that a test can look at it while it runs: microseconds for each
 * key, or, when negative, keys for each microsecond. The parameter is read again and again. For one
 * thread.
 */
public final class KeyDelay {

    /** What the shortest sleep of the system takes in truth. */
    private static final long SLEEP_MICROS = 50;

    /** Shorter waits are added up. */
    private static final long SHORTEST_NANOS = 500_000;

    /** Between two questions whether the job is still wanted. */
    private static final long LONGEST_NANOS = 10_000_000;

    private final Settings settings;
    private final NumberOption option;
    private long owedNanos;

    public KeyDelay(Settings settings, NumberOption option) {
        this.settings = settings;
        this.option = option;
    }

    /** Whether there is a delay at all. */
    public boolean isOn() {
        return settings.get(option) != 0;
    }

    /** So many keys are done. */
    public void after(long keys, BooleanSupplier unwanted) {
        long delay = settings.get(option);
        if (delay == 0) {
            return;
        }
        owedNanos += delay > 0 ? keys * (delay + SLEEP_MICROS) * 1000 : keys * 1000 / -delay;
        while (owedNanos >= SHORTEST_NANOS && !unwanted.getAsBoolean() && isOn()) {
            long nanos = Math.min(owedNanos, LONGEST_NANOS);
            LockSupport.parkNanos(nanos);
            owedNanos -= nanos;
        }
        if (owedNanos >= SHORTEST_NANOS) {
            owedNanos = 0;
        }
    }
}
