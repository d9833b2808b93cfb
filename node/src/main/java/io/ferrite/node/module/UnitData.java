package io.ferrite.node.module;

import io.ferrite.engine.Command;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.Event;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.memory.Slice;
import io.ferrite.module.Data;
import io.ferrite.module.Refusal;
import io.ferrite.module.Value;
import io.ferrite.module.ValueType;
import io.ferrite.node.Dispatcher;
import io.ferrite.node.Node;
import io.ferrite.node.ServerState;
import io.ferrite.resp.Request;
import io.ferrite.store.Database;
import io.ferrite.store.Encoding;
import io.ferrite.store.Entry;
import io.ferrite.store.Type;
import io.ferrite.store.value.ModuleValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The data within reach of a module's code in one unit. Values handed out are good until a command
 * of the server changes data or the unit ends: their memory may be another's then.
 */
abstract class UnitData implements Data {

    final Node node;
    final Dispatcher dispatcher;
    final ExecutionUnit unit;
    private final LoadedModule module;
    private final List<StoredValue> handedOut = new ArrayList<>();

    /** Values of one's own were changed; what is passed on for it has been said or follows. */
    private boolean changed;

    /** Commands were called that changed something, and are passed on themselves. */
    private boolean called;

    /** The module said what is passed on. */
    private boolean replicated;

    /** A command of the server failed by a fault of ours. */
    private boolean broken;

    UnitData(Node node, LoadedModule module, ExecutionUnit unit) {
        this.node = node;
        this.module = module;
        this.unit = unit;
        this.dispatcher = (Dispatcher) unit.attachment();
    }

    /** The key, as the unit may use it. Refused unless it is within reach. */
    abstract Slice reach(byte[] key, boolean change);

    /** Whether what is changed is passed on as the command that runs. */
    abstract boolean isPassedOnItself();

    final void end() {
        handedOut.forEach(StoredValue::close);
        handedOut.clear();
        if (broken) {
            throw new IllegalStateException("a command called by " + module.name() + " failed");
        }
    }

    private void invalidate() {
        handedOut.forEach(StoredValue::close);
        handedOut.clear();
    }

    final boolean hasChanged() {
        return changed || called;
    }

    @Override
    public int database() {
        return unit.databaseIndex();
    }

    @Override
    public long nowMs() {
        return unit.nowMs();
    }

    private static boolean isOf(ValueType type, long entry) {
        return Entry.type(entry) == Type.MODULE
                && ModuleValue.isSame(
                        ModuleValue.type(Entry.root(entry)), ((ModuleType) type).number());
    }

    private static Refusal wrongType() {
        return new Refusal(CommandError.WRONG_TYPE.getMessage());
    }

    @Override
    public @Nullable Value find(ValueType type, byte[] key) {
        long entry = unit.findRead(reach(key, false));
        if (entry == Database.NONE) {
            return null;
        }
        if (!isOf(type, entry)) {
            throw wrongType();
        }
        return handOut(new StoredValue(Entry.root(entry), null, 0));
    }

    private Value handOut(StoredValue value) {
        handedOut.add(value);
        return value;
    }

    @Override
    public Value change(ValueType type, byte[] key) {
        Slice name = reach(key, true);
        long entry = unit.peek(name);
        if (entry != Database.NONE && !isOf(type, entry)) {
            throw wrongType();
        }
        beginChange();
        entry = unit.findWrite(name);
        if (entry == Database.NONE) {
            long root = ModuleValue.create(unit.slab(name), ((ModuleType) type).number());
            entry = unit.database().putRoot(name, Type.MODULE, Encoding.RAW, root);
        }
        unit.effects().touched(name);
        long longest = unit.engine().stringMaxBytes();
        return handOut(new StoredValue(Entry.root(entry), unit.slab(name), longest));
    }

    @Override
    public boolean delete(ValueType type, byte[] key) {
        Slice name = reach(key, true);
        long entry = unit.peek(name);
        if (entry == Database.NONE) {
            return false;
        }
        if (!isOf(type, entry)) {
            throw wrongType();
        }
        beginChange();
        invalidate();
        unit.delete(name);
        unit.effects().changed(name, Event.DEL);
        return true;
    }

    private void beginChange() {
        if (followsReadOnly()) {
            throw new Refusal("READONLY You can't write against a read only replica.");
        }
        if (!replicated && (called || !isPassedOnItself())) {
            throw new IllegalStateException(
                    "a change that followers would not hear of: replicate() comes before it");
        }
        changed = true;
    }

    private boolean followsReadOnly() {
        return node.state().is(ServerState.FOLLOWER)
                && node.state().is(ServerState.READ_ONLY)
                && !unit.session().has(io.ferrite.engine.Session.LEADER);
    }

    @Override
    public void announce(String event, byte[] key) {
        unit.effects().notify(reach(key, false), event.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void replicate(Object... words) {
        unit.effects().command(words.length);
        for (Object word : words) {
            unit.effects().arg(bytes(word));
        }
        replicated = true;
    }

    @Override
    public @Nullable Object call(Object... words) {
        byte[][] arguments = new byte[words.length][];
        for (int i = 0; i < words.length; i++) {
            arguments[i] = bytes(words[i]);
        }
        try (Request request = Request.of(arguments)) {
            Command command = dispatcher.find(request);
            NestedCall nested = new NestedCall(node, dispatcher, unit);
            String refusal = nested.judge(command, request, mayWrite());
            if (refusal != null) {
                throw new Refusal(refusal);
            }
            if (command.isWrite()) {
                if (changed && !replicated) {
                    throw new IllegalStateException(
                            "a call after a change that followers would not hear of: replicate()"
                                    + " comes before both");
                }
                invalidate();
                called = true;
            }
            broken = true; // unless it ends well
            Object answer = nested.run(command, request);
            broken = false;
            return NestedCall.orRefusal(answer);
        }
    }

    /** Whether the work may call commands that change data. */
    abstract boolean mayWrite();

    static byte[] bytes(Object word) {
        return switch (word) {
            case byte[] bytes -> bytes;
            case String text -> text.getBytes(StandardCharsets.UTF_8);
            case Number number -> number.toString().getBytes(StandardCharsets.US_ASCII);
            default -> throw new IllegalArgumentException("a word that is " + word.getClass());
        };
    }
}
