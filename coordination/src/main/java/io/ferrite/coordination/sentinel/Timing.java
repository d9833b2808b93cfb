package io.ferrite.coordination.sentinel;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * Periods and limits that SENTINEL DEBUG shows and changes, in milliseconds. Names and defaults are
 * Redis'. Immutable.
 */
public final class Timing {

    /** One of the values, in the order in which they are listed. */
    public enum Name {
        INFO_PERIOD(10_000),
        PING_PERIOD(1000),
        ASK_PERIOD(1000),
        PUBLISH_PERIOD(2000),
        DEFAULT_DOWN_AFTER(30_000),
        DEFAULT_FAILOVER_TIMEOUT(180_000),
        TILT_TRIGGER(2000),
        TILT_PERIOD(30_000),
        SLAVE_RECONF_TIMEOUT(10_000),
        MIN_LINK_RECONNECT_PERIOD(15_000),
        ELECTION_TIMEOUT(10_000),
        SCRIPT_MAX_RUNTIME(60_000),
        SCRIPT_RETRY_DELAY(30_000);

        private final long usual;
        private final String text = name().replace('_', '-');

        Name(long usual) {
            this.usual = usual;
        }

        /** As SENTINEL DEBUG shows it. */
        public String text() {
            return text;
        }

        /** The value of this name in any case, or null. */
        public static Name of(String text) {
            String wanted = text.toUpperCase(Locale.ROOT);
            for (Name name : values()) {
                if (name.text.equals(wanted)) {
                    return name;
                }
            }
            return null;
        }
    }

    public static final Timing DEFAULT = new Timing(new EnumMap<>(Name.class));

    private final Map<Name, Long> changed;

    private Timing(Map<Name, Long> changed) {
        this.changed = changed;
    }

    public long get(Name name) {
        Long value = changed.get(name);
        return value == null ? name.usual : value;
    }

    public Timing with(Name name, long ms) {
        Map<Name, Long> next = new EnumMap<>(Name.class);
        next.putAll(changed);
        next.put(name, ms);
        return new Timing(next);
    }

    long infoMs() {
        return get(Name.INFO_PERIOD);
    }

    long pingMs() {
        return get(Name.PING_PERIOD);
    }

    long askMs() {
        return get(Name.ASK_PERIOD);
    }

    long publishMs() {
        return get(Name.PUBLISH_PERIOD);
    }
}
