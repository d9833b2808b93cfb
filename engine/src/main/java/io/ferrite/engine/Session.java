package io.ferrite.engine;

import io.ferrite.engine.acl.User;
import io.ferrite.engine.tracking.ClientTracking;
import io.ferrite.resp.Request;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the server knows of one client. Written on the thread that serves the client, but for what
 * says otherwise. Numbers, flags and names may be read from any thread, for CLIENT LIST and the
 * like: a reader sees some value that was there a moment ago. The collections are for the client's
 * thread only; their sizes may be read by others.
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

    /**
     * Another node of the cluster, from which slots come: its commands are about no slot of ours.
     */
    public static final int IMPORT = 1 << 22;

    /** A follower's second connection, for its copy alone. */
    public static final int COPY_CHANNEL = 1 << 23;

    /** These bits alone change nothing about how commands are admitted. */
    private static final int PLAIN = TRACKING | UNIX_SOCKET | NO_EVICT | NO_TOUCH;

    private static final AtomicLong NEXT_ID = new AtomicLong(1);
    private static final VarHandle LAST_ACTIVE;
    private static final VarHandle LAST_COMMAND;
    private static final VarHandle QUEUED_BYTES;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            LAST_ACTIVE = lookup.findVarHandle(Session.class, "lastActiveMs", long.class);
            LAST_COMMAND = lookup.findVarHandle(Session.class, "lastCommand", Command.class);
            QUEUED_BYTES = lookup.findVarHandle(Session.class, "queuedBytes", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long id = NEXT_ID.getAndIncrement();
    private final Outbox outbox;
    private final long createdMs;
    private final String address;
    private final String localAddress;

    private volatile int flags;
    private volatile int database;
    private volatile int protocol = 2;
    private volatile String name = "";
    private volatile String libName = "";
    private volatile String libVersion = "";
    private volatile User user = User.SUPERUSER;
    private volatile ClientTracking tracking;

    /** Written with every command, so only as strongly as others need to see it some time. */
    private Command lastCommand;

    private long lastActiveMs;
    private long queuedBytes;

    /** Wrong passwords since the last right one. */
    private int wrongPasswords;

    /** CLIENT ACK: how many followers must have its writes, -1 for what the server says. */
    private int ackReplicas = -1;

    /** Set by whoever changes a watched key, under that key's stripe. */
    private volatile boolean watchDirty;

    private final List<Request> queued = new ArrayList<>();
    private final List<Command> queuedCommands = new ArrayList<>();
    private final Set<Watches.Watched> watched = new LinkedHashSet<>();
    private final Set<ByteKey> channels = new LinkedHashSet<>();
    private final Set<ByteKey> patterns = new LinkedHashSet<>();
    private final Set<ByteKey> shardChannels = new LinkedHashSet<>();

    /**
     * What the client waits for while {@link #BLOCKED} is set by keys; else null. Set under the
     * stripes of those keys.
     */
    private volatile Blocking.Waiter waiter;

    /** State that a layer above keeps with the session: the connection, the replica link. */
    private Object attachment;

    /** It never asked to be told of changes. */
    public static final int NEVER_TRACKED = -1;

    /** There was no slot left when it asked first. */
    public static final int WITHOUT_SLOT = -2;

    private int trackingSlot = NEVER_TRACKED;

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

    /**
     * How many followers must have this client's writes before they are confirmed, -1 for what the
     * server's configuration says. On the client's thread.
     */
    public int ackReplicas() {
        return ackReplicas;
    }

    public void ackReplicas(int replicas) {
        ackReplicas = replicas;
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

    /** Whether the client is in no state that has each of its commands judged by itself. */
    public boolean isPlain() {
        return (flags & ~PLAIN) == 0;
    }

    /** On the client's thread only, as {@link #clear}. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    public void set(int flag) {
        flags |= flag;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
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

    /** One more wrong password, of so many one after the other. On the session's own loop. */
    public int countWrongPassword() {
        return ++wrongPasswords;
    }

    /** A password was right. */
    public void forgetWrongPasswords() {
        wrongPasswords = 0;
    }

    /** Who the client is, and so what it may do. */
    public User user() {
        return user;
    }

    public void setUser(User user) {
        this.user = user;
    }

    /** What the client wants to be told of keys that change, or null. */
    public ClientTracking tracking() {
        return tracking;
    }

    /** The client's slot in {@code engine.tracking}, or one of the two below. On its own thread. */
    public int trackingSlot() {
        return trackingSlot;
    }

    public void setTrackingSlot(int slot) {
        trackingSlot = slot;
    }

    public void setTracking(ClientTracking tracking) {
        this.tracking = tracking;
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
        return (long) LAST_ACTIVE.getOpaque(this);
    }

    /** The command that ran last, or null. */
    public Command lastCommand() {
        return (Command) LAST_COMMAND.getAcquire(this);
    }

    /** Notes what the client does now, for CLIENT LIST and idle timeouts. */
    public void active(Command command, long nowMs) {
        LAST_COMMAND.setRelease(this, command);
        LAST_ACTIVE.setOpaque(this, nowMs);
    }

    /** Takes a request, detached from the read buffer, into the transaction that MULTI began. */
    public void queue(Request request, Command command) {
        HeapBudget.take(HeapBudget.REQUEST_BYTES);
        queued.add(request);
        queuedCommands.add(command);
        QUEUED_BYTES.setOpaque(this, queuedBytes + request.heldBytes());
    }

    /** Memory of the requests that wait for EXEC. */
    public long queuedBytes() {
        return (long) QUEUED_BYTES.getOpaque(this);
    }

    /** The requests queued, which the caller closes; the queue is empty afterwards. */
    public List<Request> takeQueue() {
        List<Request> taken = new ArrayList<>(queued);
        forgetQueue();
        return taken;
    }

    private void forgetQueue() {
        HeapBudget.give((long) HeapBudget.REQUEST_BYTES * queued.size());
        queued.clear();
        queuedCommands.clear();
        QUEUED_BYTES.setOpaque(this, 0L);
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

    public Set<Watches.Watched> watched() {
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
        forgetQueue();
        clear(MULTI | DIRTY_EXEC);
    }
}
