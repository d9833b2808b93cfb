package io.ferrite.node.config;

import io.ferrite.node.log.Log;
import java.util.List;

/** One pair of a CONFIG SET, with the value to go back to. */
interface Change {

    /** The name in lower case, as it was written. */
    String name();

    /** Sets the value, or throws {@link ConfigRefusal}. */
    void set();

    /** Sets the former value. */
    void restore();

    /** Whether those have to be told who listen to these. */
    default boolean concerns(List<Option<?>> options) {
        return false;
    }

    /** Says so if the parameter has no effect. */
    default void reportInert(Log log) {}

    /** A parameter of the table. */
    final class OfOption<T> implements Change {
        private final String name;
        private final Option<T> option;
        private final String value;
        private final Settings settings;
        private final ConfigFiles files;
        private final T old;

        OfOption(
                String name, Option<T> option, String value, Settings settings, ConfigFiles files) {
            this.name = name;
            this.option = option;
            this.value = value;
            this.settings = settings;
            this.files = files;
            this.old = settings.get(option);
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void set() {
            T now = settings.get(option);
            if (option == ServerOptions.DIR) {
                settings.put(ServerOptions.DIR, ConfigLoader.enter(files, settings, value));
                return;
            }
            settings.put(option, option.parse(words(), now, Option.Origin.COMMAND));
        }

        /** Many words come in one argument, separated by exactly one blank. */
        private List<String> words() {
            if (!option.is(Option.Mark.MANY_WORDS)) {
                return List.of(value);
            }
            return value.isEmpty() ? List.of() : List.of(value.split(" ", -1));
        }

        @Override
        public void restore() {
            settings.put(option, old);
        }

        @Override
        public boolean concerns(List<Option<?>> options) {
            return matters() && options.contains(option);
        }

        private boolean matters() {
            return option.is(Option.Mark.VOLATILE) || !settings.get(option).equals(old);
        }

        @Override
        public void reportInert(Log log) {
            if (option.isInert() && matters() && !settings.isDefault(option)) {
                log.warning(ConfigLoader.inertLine(option));
            }
        }
    }

    /** A parameter of a module, which hears of each value before it is in force. */
    final class OfAdded<T> implements Change {
        private final AddedParameter<T> parameter;
        private final String value;
        private final T old;

        OfAdded(AddedParameter<T> parameter, String value) {
            this.parameter = parameter;
            this.value = value;
            this.old = parameter.value();
        }

        @Override
        public String name() {
            return Words.lowerCase(parameter.name());
        }

        @Override
        public void set() {
            parameter.set(value);
        }

        @Override
        public void restore() {
            if (!parameter.value().equals(old)) {
                parameter.takeBack(old);
            }
        }
    }
}
