package io.ferrite.node.module;

import io.ferrite.durability.rdb.ModuleForms;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.Engine;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.module.CommandCode;
import io.ferrite.module.CommandForm.Flag;
import io.ferrite.module.KeyEvent;
import io.ferrite.module.Module;
import io.ferrite.node.Node;
import io.ferrite.node.config.AddedParameter;
import io.ferrite.node.config.Words;
import io.ferrite.node.module.ModuleSource.Unusable;
import io.ferrite.spec.AddedCommand;
import io.ferrite.spec.CommandSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The modules of a server. Loading and unloading happen one after the other, with all stripes held
 * or before the server serves anybody; reading is for any thread.
 */
public final class Modules {

    private final Node node;
    private final WaitingClients waiting;
    private ModuleSource source = ModuleSource.NONE;

    /** By name, in the order in which they were loaded. Replaced whole. */
    private volatile Map<String, LoadedModule> all = Map.of();

    public Modules(Node node) {
        this.node = node;
        this.waiting = new WaitingClients(node);
        node.parts().config().onRewrite("loadmodule", this::configLines);
    }

    /** Where jars come from. Before any is loaded. */
    public void use(ModuleSource from) {
        source = from;
    }

    public Collection<LoadedModule> all() {
        return all.values();
    }

    /** Clients that wait for answers of modules. */
    public WaitingClients waiting() {
        return waiting;
    }

    /**
     * Loads the modules that the configuration names; what is wrong, or null.
     *
     * @param lines a path and arguments each
     * @param told what the configuration says of parameters, by their full names in lower case
     */
    public String loadAll(List<List<String>> lines, Map<String, String> told) {
        Map<String, String> left = new LinkedHashMap<>(told);
        for (List<String> line : lines) {
            String path = line.getFirst();
            if (!load(path, line.subList(1, line.size()), new ModuleSettings(Map.of(), left))) {
                return "Can't load module from " + path + ": server aborting";
            }
        }
        if (left.isEmpty()) {
            return null;
        }
        left.forEach((name, value) ->
                node.log().warning("Unresolved Configuration: " + name + " " + value));
        return "Module Configuration detected without loadmodule directive or no ApplyConfig call:"
                + " aborting";
    }

    private List<String> configLines() {
        List<String> lines = new ArrayList<>();
        for (LoadedModule module : all.values()) {
            StringBuilder line = new StringBuilder("loadmodule ");
            line.append(word(module.path()));
            module.arguments().forEach(argument -> line.append(' ').append(word(argument)));
            lines.add(line.toString());
        }
        return lines;
    }

    private static String word(String text) {
        return text.matches("[!#-&(-\\[\\]-~]+") ? text : Words.quote(text);
    }

    /**
     * Loads a jar; false if that failed, with the reason in the log.
     *
     * @param settings what it is told by names
     */
    public boolean load(String path, List<String> arguments, Map<String, String> settings) {
        return load(path, arguments, new ModuleSettings(settings, Map.of()));
    }

    private synchronized boolean load(
            String path, List<String> arguments, ModuleSettings settings) {
        ModuleSource.Opened opened = null;
        try {
            opened = source.open(path);
            begin(opened, path, arguments, settings);
            return true;
        } catch (Unusable e) {
            node.log().warning("Module " + path + " failed to load: " + e.getMessage());
            if (opened != null) {
                opened.close();
            }
            return false;
        }
    }

    private void begin(
            ModuleSource.Opened opened,
            String path,
            List<String> arguments,
            ModuleSettings settings)
            throws Unusable {
        Module code = opened.module();
        String name = LoadedModule.supply(code::name);
        if (name == null || !name.matches("[A-Za-z0-9_-]{1,64}")) {
            throw new Unusable("'" + name + "' is no name for a module");
        }
        if (all.containsKey(name)) {
            throw new Unusable("a module '" + name + "' is loaded already");
        }
        int version = LoadedModule.supply(code::version);
        LoadedModule module = new LoadedModule(name, version, path, arguments, opened);
        ModuleSetup setup =
                new ModuleSetup(module, arguments, settings, new ModuleServer(node, module));
        Throwable thrown = LoadedModule.guard(() -> code.load(setup));
        setup.end();
        String wrong = thrown != null ? LoadedModule.describe(thrown) : setup.missing();
        if (wrong != null) {
            module.leave();
            throw new Unusable(wrong);
        }
        register(module, setup);
        Map<String, LoadedModule> more = new LinkedHashMap<>(all);
        more.put(name, module);
        all = more;
        node.access().renewRights();
        node.log().notice("Module '" + name + "' loaded from " + path);
    }

    private void register(LoadedModule module, ModuleSetup setup) throws Unusable {
        for (ModuleType type : setup.types.values()) {
            if (!ModuleForms.add(type.name(), type)) {
                withdraw(module);
                throw new Unusable("there is a type '" + type.name() + "' already");
            }
            module.types.add(type.name());
        }
        CommandTable table = node.engine().commands();
        List<AddedCommand> wanted = new ArrayList<>();
        setup.commands.forEach(one -> wanted.add(one.command()));
        if (!table.catalog().add(wanted, module.commands)) {
            withdraw(module);
            throw new Unusable("there is a command of one of its names, or no more room for any");
        }
        for (int i = 0; i < wanted.size(); i++) {
            ModuleSetup.Registered one = setup.commands.get(i);
            CommandSpec spec = module.commands.get(i);
            if (one.code() == null) {
                continue; // a container: its subcommands are what runs
            }
            LockPlan locks =
                    one.flags().contains(Flag.ALL_KEYS)
                            ? LockPlan.ALL
                            : spec.mayHaveKeys() ? LockPlan.KEYS : LockPlan.NONE;
            table.add(spec, locks, unit -> run(module, one.code(), unit));
            node.report().forget(table.of(spec));
        }
        for (AddedParameter<?> parameter : setup.parameters) {
            if (!node.parts().config().add(parameter)) {
                withdraw(module);
                throw new Unusable("there is a parameter '" + parameter.name() + "' already");
            }
            module.parameters.add(parameter);
        }
        for (ModuleSetup.Listening one : setup.listeners) {
            Engine.EventListener listener =
                    (eventClass, event, database, key) ->
                            heard(
                                    module,
                                    one,
                                    new KeyEvent(
                                            ModuleSetup.kind(eventClass),
                                            new String(event, StandardCharsets.UTF_8),
                                            database,
                                            key.clone()));
            module.listeners.add(listener);
            node.engine().listen(one.classes(), listener);
        }
    }

    private void heard(LoadedModule module, ModuleSetup.Listening one, KeyEvent event) {
        if (module.isGone()) {
            return;
        }
        Throwable thrown = LoadedModule.guard(() -> one.listener().accept(event));
        if (thrown != null) {
            node.log()
                    .warning(
                            "Module "
                                    + module.name()
                                    + ": a listener failed: "
                                    + LoadedModule.describe(thrown));
        }
    }

    private void withdraw(LoadedModule module) {
        module.leave();
        module.types.forEach(ModuleForms::remove);
        module.listeners.forEach(node.engine()::unlisten);
        CommandTable table = node.engine().commands();
        module.commands.forEach(table::remove);
        table.catalog().remove(module.commands);
        node.parts().config().remove(module.parameters);
    }

    /**
     * Unloads a module.
     *
     * @return why it stays, or null when it is gone
     */
    public synchronized String unload(String name) {
        LoadedModule module = all.get(name);
        String stays = module == null ? "no such module with that name" : reasonToStay(module);
        if (stays != null) {
            return stays;
        }
        Throwable thrown = LoadedModule.guard(() -> module.opened().module().unload());
        if (thrown != null) {
            node.log()
                    .warning(
                            "Module "
                                    + name
                                    + " did not end: "
                                    + LoadedModule.describe(thrown)
                                    + ".  Unload canceled.");
            return "operation not possible.";
        }
        withdraw(module);
        Map<String, LoadedModule> fewer = new LinkedHashMap<>(all);
        fewer.remove(name);
        all = fewer;
        node.access().renewRights();
        module.opened().close();
        node.log().notice("Module " + name + " unloaded");
        return null;
    }

    /** The server ends: what modules have registered for the process goes. */
    public synchronized void end() {
        for (LoadedModule module : all.values()) {
            withdraw(module);
            module.opened().close();
        }
        all = Map.of();
    }

    private static String reasonToStay(LoadedModule module) {
        if (!module.types.isEmpty()) {
            return "the module exports one or more module-side data types, can't unload";
        }
        if (module.waiting.get() > 0) {
            return "the module has blocked clients. Please wait for them to be unblocked and try"
                    + " again";
        }
        if (module.timers.get() > 0) {
            return "the module holds timer that is not fired. Please stop the timer or wait until"
                    + " it fires.";
        }
        return null;
    }

    /** Runs a module's command: its fault is an error reply, whatever it had written before. */
    private void run(LoadedModule module, CommandCode code, ExecutionUnit unit) {
        if (module.isGone()) {
            throw CommandError.of("ERR module '" + module.name() + "' was unloaded");
        }
        long mark = unit.reply().mark();
        CommandCall call = new CommandCall(node, module, waiting, unit);
        Throwable thrown = LoadedModule.guard(() -> code.run(call));
        call.end();
        if (thrown == null && call.isAnswered()) {
            return;
        }
        String line =
                thrown == null
                        ? "ERR module '" + module.name() + "': no whole reply"
                        : module.errorLine(thrown);
        unit.reply().rewind(mark);
        if (call.isBlocked()) {
            waiting.answer(unit.session(), line);
            return;
        }
        if (!call.hasChanged()) {
            throw CommandError.of(line);
        }
        unit.engine().errors().count(line);
        unit.reply().error(line);
        unit.fail();
    }
}
