package io.ferrite.node.config;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * The current value of every parameter of one server.
 *
 * <p>Reading is a plain array load (opaque, so that a loop sees a change soon) without allocation,
 * from any thread: event loops read as often as they like. Writing is done by one thread at a time;
 * {@link ConfigService} serialises CONFIG SET, and the start-up happens before the loops run. A
 * reader may see one of two values set together before the other; whoever needs them together
 * listens with {@link #onChange}.
 */
public final class Settings {
    private static final VarHandle NUMBER = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle VALUE = MethodHandles.arrayElementVarHandle(Object[].class);

    /** Takes a change into use. Called after all values of one CONFIG SET are in place. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Applies the settings as they are now; throws {@link ConfigRefusal} to refuse, whereupon
         * the old values are put back and this is called again.
         */
        void apply(Settings now);
    }

    record Registration(Listener listener, List<Option<?>> options) {}

    private final long[] numbers;
    private final Object[] values;
    private final List<Registration> registrations = new ArrayList<>();

    /** All parameters at their defaults. */
    public Settings() {
        int count = Options.size();
        numbers = new long[count];
        values = new Object[count];
        for (Option<?> option : Options.all()) {
            reset(option);
        }
    }

    private <T> void reset(Option<T> option) {
        put(option, option.defaultValue());
    }

    public boolean get(FlagOption option) {
        return (long) NUMBER.getOpaque(numbers, option.index) != 0;
    }

    public long get(NumberOption option) {
        return (long) NUMBER.getOpaque(numbers, option.index);
    }

    /** The value of a parameter whose range fits an int. */
    public int getInt(NumberOption option) {
        return (int) get(option);
    }

    /**
     * A number that the value of a list parameter stands for, such as the bits of event classes.
     */
    public long getBits(ListOption<?> option) {
        return (long) NUMBER.getOpaque(numbers, option.index);
    }

    /** The value of any parameter, boxed if it is a number. */
    @SuppressWarnings("unchecked")
    public <T> T get(Option<T> option) {
        return (T) VALUE.getAcquire(values, option.index);
    }

    /** The text of a parameter, empty when none is set. */
    public String get(TextOption option) {
        return (String) VALUE.getAcquire(values, option.index);
    }

    /** The value as CONFIG GET shows it. */
    public <T> String render(Option<T> option) {
        return option.render(get(option));
    }

    public <T> boolean isDefault(Option<T> option) {
        return get(option).equals(option.defaultValue());
    }

    /**
     * Sets a value from inside the server, such as the leader that REPLICAOF named. Nothing is
     * checked and no listener hears of it.
     */
    public <T> void put(Option<T> option, T value) {
        VALUE.setRelease(values, option.index, (Object) value);
        NUMBER.setOpaque(numbers, option.index, option.asNumber(value));
    }

    /** Hears of CONFIG SET of any of these parameters, once for all that one command changes. */
    public synchronized void onChange(Listener listener, Option<?>... options) {
        registrations.add(new Registration(listener, List.of(options)));
    }

    synchronized List<Registration> registrations() {
        return List.copyOf(registrations);
    }
}
