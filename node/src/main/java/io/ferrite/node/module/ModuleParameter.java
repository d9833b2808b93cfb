package io.ferrite.node.module;

import io.ferrite.module.Parameter;
import io.ferrite.module.ParameterForm;
import io.ferrite.module.Refusal;
import io.ferrite.node.config.AddedParameter;
import io.ferrite.node.config.ConfigRefusal;
import io.ferrite.node.config.Option.Mark;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A parameter as its module sees it. */
final class ModuleParameter<T> implements Parameter<T> {

    private final AddedParameter<T> added;

    private ModuleParameter(AddedParameter<T> added) {
        this.added = added;
    }

    /**
     * Makes it; it is at its standard, which nobody has heard of yet.
     *
     * @throws Refusal if the form is none
     */
    static <T> ModuleParameter<T> of(
            LoadedModule module, ParameterForm<T> form, Consumer<T> hears) {
        if (!form.name().matches("[A-Za-z0-9_-]{1,64}")) {
            throw new Refusal("ERR '" + form.name() + "' is no name for a parameter");
        }
        if (form.least() > form.most()) {
            throw new Refusal("ERR parameter '" + form.name() + "' has no value");
        }
        return new ModuleParameter<>(
                added(
                        module.name() + "." + form.name(),
                        form,
                        value -> {
                            if (module.isGone()) {
                                return;
                            }
                            Throwable thrown = LoadedModule.guard(() -> hears.accept(value));
                            if (thrown != null) {
                                throw new ConfigRefusal(reason(LoadedModule.describe(thrown)));
                            }
                        }));
    }

    /** Without the code that an error line has in front. */
    private static String reason(String line) {
        return line.startsWith("ERR ") ? line.substring(4) : line;
    }

    @SuppressWarnings("unchecked") // the kind says what T is
    private static <T> AddedParameter<T> added(
            String name, ParameterForm<T> form, Consumer<T> hears) {
        Set<Mark> marks = marks(form);
        Object standard = form.standard();
        Object made =
                switch (form.kind()) {
                    case YES_NO ->
                            AddedParameter.yesNo(
                                    name, marks, (Boolean) standard, (Consumer<Boolean>) hears);
                    case NUMBER ->
                            AddedParameter.number(
                                    name,
                                    marks,
                                    (Long) standard,
                                    form.least(),
                                    form.most(),
                                    (Consumer<Long>) hears);
                    case MEMORY ->
                            AddedParameter.memory(
                                    name,
                                    marks,
                                    (Long) standard,
                                    form.least(),
                                    form.most(),
                                    (Consumer<Long>) hears);
                    case CHOICE ->
                            AddedParameter.choice(
                                    name,
                                    marks,
                                    (String) standard,
                                    form.choices(),
                                    (Consumer<String>) hears);
                    case TEXT ->
                            AddedParameter.text(
                                    name, marks, (String) standard, (Consumer<String>) hears);
                };
        return (AddedParameter<T>) made;
    }

    private static Set<Mark> marks(ParameterForm<?> form) {
        Set<Mark> marks = EnumSet.noneOf(Mark.class);
        for (ParameterForm.Flag flag : form.flags()) {
            marks.add(
                    switch (flag) {
                        case IMMUTABLE -> Mark.IMMUTABLE;
                        case SENSITIVE -> Mark.SENSITIVE;
                        case HIDDEN -> Mark.HIDDEN;
                        case PROTECTED -> Mark.PROTECTED;
                        case DENY_LOADING -> Mark.DENY_LOADING;
                    });
        }
        return marks;
    }

    AddedParameter<T> added() {
        return added;
    }

    /** Takes its first value: what was said, or the standard. */
    void begin(@Nullable String said) {
        try {
            if (said == null) {
                added.setStandard();
            } else {
                added.set(said);
            }
        } catch (ConfigRefusal refusal) {
            throw new Refusal("ERR parameter '" + name() + "': " + refusal.getMessage());
        }
    }

    @Override
    public String name() {
        return added.name();
    }

    @Override
    public T value() {
        return added.value();
    }
}
