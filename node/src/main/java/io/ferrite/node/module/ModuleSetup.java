package io.ferrite.node.module;

import io.ferrite.engine.EventClass;
import io.ferrite.module.CommandCode;
import io.ferrite.module.CommandForm;
import io.ferrite.module.CommandForm.Flag;
import io.ferrite.module.EventKind;
import io.ferrite.module.KeyEvent;
import io.ferrite.module.Parameter;
import io.ferrite.module.ParameterForm;
import io.ferrite.module.Refusal;
import io.ferrite.module.Server;
import io.ferrite.module.Setup;
import io.ferrite.module.ValueForm;
import io.ferrite.module.ValueType;
import io.ferrite.node.config.AddedParameter;
import io.ferrite.spec.AclCategory;
import io.ferrite.spec.AddedCommand;
import io.ferrite.spec.CommandFlag;
import io.ferrite.spec.KeyFlag;
import io.ferrite.spec.KeySpec;
import io.ferrite.store.value.ModuleValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Collects what a module registers while it is loaded; {@link Modules} puts it in force. */
final class ModuleSetup implements Setup {

    /** A command with its code; a container has none. */
    record Registered(AddedCommand command, Set<Flag> flags, @Nullable CommandCode code) {}

    /** A listener with what it listens to, as bits of {@link EventClass}. */
    record Listening(int classes, Consumer<KeyEvent> listener) {}

    private final LoadedModule module;
    private final List<String> arguments;
    private final ModuleSettings settings;
    private final Server server;

    final List<Registered> commands = new ArrayList<>();
    final Map<String, ModuleType> types = new LinkedHashMap<>();
    final List<Listening> listeners = new ArrayList<>();
    final List<AddedParameter<?>> parameters = new ArrayList<>();
    private boolean looksItself;
    private boolean over;

    ModuleSetup(
            LoadedModule module, List<String> arguments, ModuleSettings settings, Server server) {
        this.module = module;
        this.arguments = List.copyOf(arguments);
        this.settings = settings;
        this.server = server;
    }

    /** What the module has left undone, or null. */
    @Nullable String missing() {
        for (Registered one : commands) {
            String name = one.command().name();
            if (one.code() == null
                    && commands.stream().noneMatch(sub -> name.equals(sub.command().container()))) {
                return "command '" + name + "' is a container without subcommands";
            }
        }
        String left = looksItself ? null : settings.left();
        return left == null ? null : "no parameters of this module: " + left;
    }

    /** Nothing can be registered any more. */
    void end() {
        over = true;
    }

    private void requireOpen() {
        if (over) {
            throw new IllegalStateException("the module is loaded already");
        }
    }

    @Override
    public List<String> arguments() {
        return arguments;
    }

    @Override
    public Map<String, String> settings() {
        looksItself = true;
        return settings.written();
    }

    @Override
    public Server server() {
        return server;
    }

    @Override
    public void command(CommandForm form, CommandCode code) {
        add(null, form, code);
    }

    @Override
    public void container(String name, String summary) {
        add(null, CommandForm.of(name, -2).says(summary), null);
    }

    @Override
    public void subcommand(String container, CommandForm form, CommandCode code) {
        boolean there =
                commands.stream()
                        .anyMatch(one ->
                                one.code() == null && one.command().name().equals(container));
        if (!there) {
            throw new Refusal("ERR '" + container + "' is no container of this module");
        }
        if (Math.abs(form.arity()) < 2) {
            throw new Refusal("ERR subcommand '" + form.name() + "' has an arity below 2");
        }
        add(container, form, code);
    }

    private void add(@Nullable String container, CommandForm form, @Nullable CommandCode code) {
        requireOpen();
        String name = form.name();
        if (!name.matches("[a-z0-9][a-z0-9._-]{0," + (AddedCommand.LONGEST - 1) + "}")) {
            throw new Refusal("ERR '" + name + "' is no name for a command");
        }
        if (form.arity() == 0) {
            throw new Refusal("ERR command '" + name + "' has an arity of 0");
        }
        if (form.flags().contains(Flag.WRITE) && form.flags().contains(Flag.READONLY)) {
            throw new Refusal("ERR command '" + name + "' both writes and only reads");
        }
        long flags = 0;
        for (Flag flag : form.flags()) {
            flags |= flag(flag);
        }
        AddedCommand command =
                new AddedCommand(
                        name,
                        container,
                        form.arity(),
                        flags,
                        categories(form),
                        keys(form),
                        module.name(),
                        form.summary());
        commands.add(new Registered(command, form.flags(), code));
    }

    @Override
    public <T> Parameter<T> parameter(ParameterForm<T> form, Consumer<T> hears) {
        requireOpen();
        ModuleParameter<T> parameter = ModuleParameter.of(module, form, hears);
        for (AddedParameter<?> other : parameters) {
            if (other.name().equals(parameter.name())) {
                throw new Refusal("ERR there is a parameter '" + parameter.name() + "' already");
            }
        }
        parameter.begin(settings.take(parameter.name()));
        parameters.add(parameter.added());
        return parameter;
    }

    private static long flag(Flag flag) {
        return switch (flag) {
            case WRITE -> CommandFlag.WRITE.bit();
            case READONLY -> CommandFlag.READONLY.bit();
            case DENYOOM -> CommandFlag.DENYOOM.bit();
            case ADMIN -> CommandFlag.ADMIN.bit();
            case FAST -> CommandFlag.FAST.bit();
            case NOSCRIPT -> CommandFlag.NOSCRIPT.bit();
            case BLOCKING -> CommandFlag.BLOCKING.bit();
            case LOADING -> CommandFlag.LOADING.bit();
            case STALE -> CommandFlag.STALE.bit();
            case ALL_KEYS -> CommandFlag.TOUCHES_ARBITRARY_KEYS.bit();
        };
    }

    /** Those that follow from the flags, and those that the module names. */
    private static long categories(CommandForm form) {
        Set<Flag> flags = form.flags();
        long categories =
                flags.contains(Flag.FAST) ? AclCategory.FAST.bit() : AclCategory.SLOW.bit();
        if (flags.contains(Flag.WRITE)) {
            categories |= AclCategory.WRITE.bit();
        }
        if (flags.contains(Flag.READONLY)) {
            categories |= AclCategory.READ.bit();
        }
        if (flags.contains(Flag.ADMIN)) {
            categories |= AclCategory.ADMIN.bit() | AclCategory.DANGEROUS.bit();
        }
        if (flags.contains(Flag.BLOCKING)) {
            categories |= AclCategory.BLOCKING.bit();
        }
        for (String name : form.categories()) {
            AclCategory category = AclCategory.named(name);
            if (category == null) {
                throw new Refusal("ERR there is no category of commands '" + name + "'");
            }
            categories |= category.bit();
        }
        return categories;
    }

    private static List<KeySpec> keys(CommandForm form) {
        List<KeySpec> keys = new ArrayList<>();
        for (CommandForm.Keys one : form.keys()) {
            if (one.first() < 1 || one.step() < 1 || one.last() >= 0 && one.last() < one.first()) {
                throw new Refusal("ERR command '" + form.name() + "' has keys at no place");
            }
            int flags =
                    switch (one.access()) {
                        case READ -> KeyFlag.RO.bit() | KeyFlag.ACCESS.bit();
                        case UPDATE ->
                                KeyFlag.RW.bit() | KeyFlag.ACCESS.bit() | KeyFlag.UPDATE.bit();
                        case OVERWRITE -> KeyFlag.OW.bit() | KeyFlag.UPDATE.bit();
                        case DELETE -> KeyFlag.RM.bit() | KeyFlag.DELETE.bit();
                    };
            keys.add(AddedCommand.keysAt(flags, one.first(), one.last(), one.step()));
        }
        return keys;
    }

    @Override
    public ValueType type(String name, int version, ValueForm form) {
        requireOpen();
        long number = ModuleValue.type(name, version);
        if (number == 0) {
            throw new Refusal(
                    "ERR '" + name + "' is no name for a type, or " + version + " no version");
        }
        ModuleType type = new ModuleType(name, number, form);
        if (types.putIfAbsent(name, type) != null) {
            throw new Refusal("ERR there is a type '" + name + "' already");
        }
        return type;
    }

    @Override
    public void listen(Set<EventKind> kinds, Consumer<KeyEvent> listener) {
        requireOpen();
        int classes = 0;
        for (EventKind kind : kinds) {
            classes |= eventClass(kind);
        }
        listeners.add(new Listening(classes, listener));
    }

    static int eventClass(EventKind kind) {
        return switch (kind) {
            case GENERIC -> EventClass.GENERIC;
            case STRING -> EventClass.STRING;
            case LIST -> EventClass.LIST;
            case SET -> EventClass.SET;
            case HASH -> EventClass.HASH;
            case ZSET -> EventClass.ZSET;
            case STREAM -> EventClass.STREAM;
            case EXPIRED -> EventClass.EXPIRED;
            case EVICTED -> EventClass.EVICTED;
            case MODULE -> EventClass.MODULE;
            case NEW -> EventClass.NEW;
        };
    }

    static EventKind kind(int eventClass) {
        for (EventKind kind : EventKind.values()) {
            if (eventClass(kind) == eventClass) {
                return kind;
            }
        }
        return EventKind.GENERIC;
    }
}
