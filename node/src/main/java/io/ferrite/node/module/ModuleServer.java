package io.ferrite.node.module;

import io.ferrite.engine.ByteKey;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Slice;
import io.ferrite.module.Data;
import io.ferrite.module.Refusal;
import io.ferrite.module.Server;
import io.ferrite.module.Timer;
import io.ferrite.node.Node;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** The server as a module sees it: work of its own on data, soon or later. Any thread. */
final class ModuleServer implements Server {

    private static final int LOOP = 0;

    private final Node node;
    private final LoadedModule module;

    ModuleServer(Node node, LoadedModule module) {
        this.node = node;
        this.module = module;
    }

    @Override
    public void log(String line) {
        node.log().notice("<" + module.name() + "> " + line.replaceAll("[\\r\\n]+", " "));
    }

    @Override
    public void run(int database, Consumer<Data> work) {
        require(database);
        node.environment().onLoop(LOOP, () -> work(database, work));
    }

    private void require(int database) {
        if (module.isGone()) {
            throw new IllegalStateException("module " + module.name() + " was unloaded");
        }
        if (database < 0 || database >= node.engine().keyspace().databases()) {
            throw new Refusal("ERR DB index is out of range");
        }
    }

    private void work(int database, Consumer<Data> work) {
        if (module.isGone()) {
            return;
        }
        node.runInternal(
                node.gate().all(),
                unit -> {
                    int before = unit.databaseIndex();
                    unit.selectDatabase(database);
                    unit.setCommandStripes(node.gate().all());
                    OwnWork data = new OwnWork(unit);
                    Throwable thrown = LoadedModule.guard(() -> work.accept(data));
                    unit.selectDatabase(before);
                    data.end();
                    if (thrown != null) {
                        node.log()
                                .warning(
                                        "Module "
                                                + module.name()
                                                + ": work of its own failed: "
                                                + LoadedModule.describe(thrown));
                    }
                });
    }

    @Override
    public Timer after(Duration delay, int database, Consumer<Data> work) {
        require(database);
        AtomicBoolean begun = new AtomicBoolean();
        module.timers.incrementAndGet();
        node.environment()
                .after(
                        LOOP,
                        Math.max(1, delay.toMillis()),
                        () -> {
                            if (begun.compareAndSet(false, true)) {
                                module.timers.decrementAndGet();
                                work(database, work);
                            }
                        });
        return () -> {
            boolean cancelled = begun.compareAndSet(false, true);
            if (cancelled) {
                module.timers.decrementAndGet();
            }
            return cancelled;
        };
    }

    /** Work that no client asked for: every key is within reach. */
    private final class OwnWork extends UnitData {

        OwnWork(ExecutionUnit unit) {
            super(ModuleServer.this.node, ModuleServer.this.module, unit);
        }

        @Override
        Slice reach(byte[] key, boolean change) {
            return unit.slice(new ByteKey(key));
        }

        @Override
        boolean isPassedOnItself() {
            return false;
        }

        @Override
        boolean mayWrite() {
            return true;
        }
    }
}
