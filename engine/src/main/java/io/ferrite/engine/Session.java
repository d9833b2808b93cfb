package io.ferrite.engine;

import io.ferrite.resp.Request;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the server knows of one client. Used on the thread that serves the client; the few fields that
 * others may write are volatile and say so.
 */
public final class Session {

    /** Any of these bits sends a command through the full admission instead of the short way. */
    public static final int UNAUTHENTICATED = 1;

    public static final int MULTI = 1 << 1;
    public static final int DIRTY_EXEC = 1 << 2;
    public static final int SUBSCRIBED = 1 << 3;
    public static final int BLOCKED = 1 << 4;
    public static final int MONITOR = 1 << 5;
    public static final int REPLICA = 1 << 6;

    /** The link to this server's leader: trusted, never refused, its replies are dropped. */
    public static final int LEADER = 1 << 7;

    public static final int REPLY_OFF = 1 << 8;
    public static final int REPLY_SKIP = 1 << 9;
    public static final int REPLY_SKIP_NEXT = 1 << 10;
    public static final int CLOSING = 1 << 11;
    public static final int NO_EVICT = 1 << 12;
    public static final int NO_TOUCH = 1 << 13;
    public static final int READ_ONLY = 1 << 14;
    public static final int ASKING = 1 << 15;
    public static final int TRACKING = 1 << 16;
    public static final int SCRIPT = 1 << 17;
    public static final int UNIX_SOCKET = 1 << 18;

    private static final AtomicLong NEXT_ID = new AtomicLong(1);

    private final long id = NEXT_ID.getAndIncrement();
    private final Outbox outbox;
    private final long createdMs;
    private final String address;
    private final String localAddress;

    private int flags;
    private int database;
    private int protocol = 2;
    private String name = "";
    private String libName = "";
    private String libVersion = "";
    private volatile String user = "default";
    private Command lastCommand;
    private long lastActiveMs;

    /** Set by whoever changes a watched key, under that key's stripe. */
    private volatile boolean watchDirty;

    private final List<Request> queued = new ArrayList<>();
    private final List<Command> queuedCommands = new ArrayList<>();
    private final List<Watches.Watched> watched = new ArrayList<>();
    private final Set<ByteKey> channels = new LinkedHashSet<>();
    private final Set<ByteKey> patterns = new LinkedHashSet<>();
    private final Set<ByteKey> shardChannels = new LinkedHashSet<>();

    /** What the client waits for while {@link #BLOCKED} is set by keys; else null. */
    private Blocking.Waiter waiter;

    /** State that a layer above keeps with the session: the connection, the replica link. */
    private Object attachment;

    public Session(Outbox outbox, String address, String localAddress, long nowMs) {
        this.outbox = outbox;
        this.address = address;
        this.localAddress = localAddress;
        this.createdMs = nowMs;
        this.lastActiveMs = nowMs;
    }

    public long id() {
        return id;
    }

    public Outbox outbox() {
        return outbox;
    }

    public int flags() {
        return flags;
    }

    public boolean has(int flag) {
        return (flags & flag) != 0;
    }

    public void set(int flag) {
        flags |= flag;
    }

    public void clear(int flag) {
        flags &= ~flag;
    }

    public int database() {
        return database;
    }

    public void selectDatabase(int index) {
        database = index;
    }

    public int protocol() {
        return protocol;
    }

    public void setProtocol(int version) {
        protocol = version;
    }

    public String name() {
        return name;
    }

    public void setName(String name) {
        this.name = name;
    }

    public String libName() {
        return libName;
    }

    public void setLibName(String libName) {
        this.libName = libName;
    }

    public String libVersion() {
        return libVersion;
    }

    public void setLibVersion(String libVersion) {
        this.libVersion = libVersion;
    }

    public String user() {
        return user;
    }

    public void setUser(String user) {
        this.user = user;
    }

    /** Remote address as CLIENT LIST shows it. */
    public String address() {
        return address;
    }

    public String localAddress() {
        return localAddress;
    }

    public long createdMs() {
        return createdMs;
    }

    public long lastActiveMs() {
        return lastActiveMs;
    }

    public Command lastCommand() {
        return lastCommand;
    }

    /** Notes what the client does now, for CLIENT LIST and idle timeouts. */
    public void active(Command command, long nowMs) {
        lastCommand = command;
        lastActiveMs = nowMs;
    }

    public boolean watchDirty() {
        return watchDirty;
    }

    public void setWatchDirty(boolean dirty) {
        watchDirty = dirty;
    }

    /** Requests queued by MULTI, detached from the read buffer. */
    public List<Request> queued() {
        return queued;
    }

    public List<Command> queuedCommands() {
        return queuedCommands;
    }

    public List<Watches.Watched> watched() {
        return watched;
    }

    public Set<ByteKey> channels() {
        return channels;
    }

    public Set<ByteKey> patterns() {
        return patterns;
    }

    public Set<ByteKey> shardChannels() {
        return shardChannels;
    }

    public int subscriptions() {
        return channels.size() + patterns.size();
    }

    public Blocking.Waiter waiter() {
        return waiter;
    }

    public void setWaiter(Blocking.Waiter waiter) {
        this.waiter = waiter;
    }

    public Object attachment() {
        return attachment;
    }

    public void attach(Object attachment) {
        this.attachment = attachment;
    }

    /** Leaves the transaction that MULTI began and frees what was queued. */
    public void discardQueue() {
        for (Request request : queued) {
            request.close();
        }
        queued.clear();
        queuedCommands.clear();
        clear(MULTI | DIRTY_EXEC);
    }
}
