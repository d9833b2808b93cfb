package io.ferrite.node.module;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Memory;
import io.ferrite.memory.Slice;
import io.ferrite.module.BlockedClient;
import io.ferrite.module.Call;
import io.ferrite.module.Refusal;
import io.ferrite.module.Reply;
import io.ferrite.node.Node;
import io.ferrite.resp.Request;
import io.ferrite.spec.KeyFinder;
import io.ferrite.spec.KeyFlag;
import io.ferrite.spec.KeyRefs;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One run of a module's command. */
final class CommandCall extends UnitData implements Call {

    private final WaitingClients waiting;
    private final LoadedModule module;
    private final Request request;
    private final ModuleReply reply;
    private @Nullable KeyRefs keys;
    private boolean blocked;

    CommandCall(Node node, LoadedModule module, WaitingClients waiting, ExecutionUnit unit) {
        super(node, module, unit);
        this.module = module;
        this.waiting = waiting;
        this.request = unit.request();
        this.reply = new ModuleReply(unit.reply());
    }

    /** Whether the client is owed no more: it was answered, or it waits. */
    boolean isAnswered() {
        return blocked ? !reply.isBegun() : reply.isWhole();
    }

    boolean isBlocked() {
        return blocked;
    }

    @Override
    boolean isPassedOnItself() {
        return true;
    }

    @Override
    boolean mayWrite() {
        return unit.command().isWrite();
    }

    /** The argument that is this key, and may be used so. */
    @Override
    Slice reach(byte[] key, boolean change) {
        if (keys == null) {
            keys = new KeyRefs();
            new KeyFinder().find(unit.command().spec(), request, keys);
        }
        boolean named = false;
        for (int i = 0; i < keys.count(); i++) {
            int at = keys.position(i);
            if (request.length(at) == key.length
                    && Memory.equal(request.address(at), key, 0, key.length)) {
                named = true;
                if (!change || (keys.flags(i) & KeyFlag.RO.bit()) == 0 && mayWrite()) {
                    return request.arg(at);
                }
            }
        }
        throw new IllegalArgumentException(
                named
                        ? "a change of a key that the command's form says is only read"
                        : "a key that the command's form does not name");
    }

    @Override
    public int count() {
        return request.count();
    }

    @Override
    public byte[] bytes(int i) {
        java.util.Objects.checkIndex(i, request.count());
        return Memory.toBytes(request.address(i), request.length(i));
    }

    @Override
    public String text(int i) {
        return new String(bytes(i), StandardCharsets.UTF_8);
    }

    @Override
    public long number(int i) {
        java.util.Objects.checkIndex(i, request.count());
        try {
            return Numbers.integer(request.arg(i));
        } catch (CommandError e) {
            throw new Refusal(e.getMessage());
        }
    }

    @Override
    public Reply reply() {
        return reply;
    }

    @Override
    public String user() {
        return unit.session().user().name();
    }

    @Override
    public long client() {
        return unit.session().id();
    }

    @Override
    public boolean mayBlock() {
        return unit.mayBlock();
    }

    @Override
    public BlockedClient block(Duration longest, Consumer<Reply> late) {
        if (!mayBlock()) {
            throw new Refusal("ERR Blocking module command called from transaction or script");
        }
        if (reply.isBegun() || blocked) {
            throw new IllegalStateException("a client that was answered cannot wait");
        }
        blocked = true;
        return waiting.add(module, unit.session(), longest.toMillis(), late);
    }
}
