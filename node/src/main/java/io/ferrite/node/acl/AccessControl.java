package io.ferrite.node.acl;

import io.ferrite.engine.Command;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.HeapBudget;
import io.ferrite.engine.Session;
import io.ferrite.engine.acl.Denial;
import io.ferrite.engine.acl.Gatekeeper;
import io.ferrite.engine.acl.RuleError;
import io.ferrite.engine.acl.Rules;
import io.ferrite.engine.acl.User;
import io.ferrite.engine.acl.UserDraft;
import io.ferrite.engine.acl.UserRules;
import io.ferrite.memory.Memory;
import io.ferrite.node.ClientLine;
import io.ferrite.node.Node;
import io.ferrite.node.config.Choices.AclPubsubDefault;
import io.ferrite.node.config.ConfigFiles;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.node.config.StartError;
import io.ferrite.node.config.UserLines;
import io.ferrite.node.config.Words;
import io.ferrite.resp.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The users of a server, and who comes in as whom. Reading is for any thread, each session for its
 * own; changes are made one after the other.
 */
public final class AccessControl {

    public static final String DEFAULT_USER = "default";

    private static final String WRONG =
            "WRONGPASS invalid username-password pair or user is disabled.";

    /** Of a longer key or channel name only the beginning is kept in the log. */
    private static final int OBJECT_MAX = 64 << 10;

    private final Node node;
    private final Settings settings;
    private final AclLog log = new AclLog();
    private final User defaultUser;

    /** By name, in order of bytes. Replaced whole. */
    private volatile SortedMap<String, User> users = new TreeMap<>();

    public AccessControl(Node node) {
        this.node = node;
        this.settings = node.settings();
        UserRules rules = fresh();
        HeapBudget.take(rules.heapBytes());
        this.defaultUser = new User(DEFAULT_USER, rules);
        users.put(DEFAULT_USER, defaultUser);
        usePassword(settings);
        settings.onChange(this::usePassword, ServerOptions.REQUIREPASS);
        node.parts().config().onRewrite("user", this::configLines);
    }

    /** Begins to hear what is refused. */
    public void listen() {
        node.engine().gatekeeper().listen(this::denied);
    }

    /** The default user of a server that was told nothing: he may do everything. */
    private static UserRules fresh() {
        UserDraft draft = UserDraft.create(true);
        draft.apply("+@all").apply("~*").apply("&*").apply("on").apply("nopass");
        return draft.finish();
    }

    private boolean channelsByDefault() {
        return settings.get(ServerOptions.ACL_PUBSUB_DEFAULT) == AclPubsubDefault.ALLCHANNELS;
    }

    // --- coming in -------------------------------------------------------------------------------

    /** Whether nobody needs a password to be the default user. */
    public boolean isOpen() {
        return defaultUser.rules().needsNoPassword();
    }

    /** Makes a session what it is right after connecting. */
    public void begin(Session session) {
        session.setUser(defaultUser);
        UserRules rules = defaultUser.rules();
        if (rules.needsNoPassword() && rules.isEnabled()) {
            session.clear(Session.UNAUTHENTICATED);
        } else {
            session.set(Session.UNAUTHENTICATED);
        }
    }

    /**
     * Whether the session still has to say who it is; a password taken away asks nobody any more.
     */
    public boolean mustAuthenticate(Session session) {
        if (!session.has(Session.UNAUTHENTICATED)) {
            return false;
        }
        UserRules rules = defaultUser.rules();
        return !rules.needsNoPassword() || !rules.isEnabled();
    }

    /** Whether there is a user of this name. */
    public boolean isUser(String name) {
        return users.containsKey(name);
    }

    public @Nullable User user(String name) {
        return users.get(name);
    }

    /** All users, by name. Not to be changed. */
    public SortedMap<String, User> users() {
        return users;
    }

    /**
     * Lets a session in as a user.
     *
     * @param verb the command as the client wrote it
     * @return the error line, or null when it is in
     */
    public @Nullable String authenticate(
            Session session, byte[] name, byte[] password, String verb) {
        String text = new String(name, StandardCharsets.ISO_8859_1);
        User user = users.get(text);
        // Hashed for unknown users too, so that the time it takes does not tell them apart.
        String hash = UserDraft.hash(password);
        if (user == null || !user.accepts(hash)) {
            refuseAuth(session, text, verb);
            return WRONG;
        }
        User before = session.user();
        session.setUser(user);
        if (user.isDeleted()) {
            // Deleted a moment ago; the one who did it may have looked for his sessions already.
            session.setUser(before);
            refuseAuth(session, text, verb);
            return WRONG;
        }
        session.clear(Session.UNAUTHENTICATED);
        node.audit().login(session, "password");
        return null;
    }

    /**
     * Lets a session in whose certificate says who it is: as the first of these that is a user and
     * is on. If none is, it is the default user, as any that shows no certificate.
     */
    public void enterAs(Session session, List<String> names) {
        for (String name : names) {
            User user = users.get(name);
            if (user != null && user.rules().isEnabled()) {
                session.setUser(user);
                if (!user.isDeleted()) {
                    session.clear(Session.UNAUTHENTICATED);
                    node.audit().login(session, "certificate");
                    return;
                }
                begin(session);
            }
        }
        node.stats().deniedCertificate.increment();
        node.log().verbose("A client's certificate names no user (addr=" + session.address() + ")");
    }

    private void refuseAuth(Session session, String name, String verb) {
        node.stats().deniedAuth.increment();
        node.audit().loginFailed(session, name);
        note(session, Denial.AUTH, contextOf(session), verb, name);
    }

    private static Gatekeeper.Context contextOf(Session session) {
        return session.has(Session.MULTI) ? Gatekeeper.Context.MULTI : Gatekeeper.Context.TOPLEVEL;
    }

    // --- what is refused -------------------------------------------------------------------------

    private void denied(
            Session session,
            Command command,
            Request request,
            Denial denial,
            int argument,
            Gatekeeper.Context context) {
        switch (denial) {
            case COMMAND -> node.stats().deniedCommand.increment();
            case KEY -> node.stats().deniedKey.increment();
            case CHANNEL -> node.stats().deniedChannel.increment();
            case NONE, AUTH -> {}
        }
        String object = denial == Denial.COMMAND ? command.name() : text(request, argument);
        node.audit().denied(session, denial.name().toLowerCase(Locale.ROOT), object);
        note(session, denial, context, object, session.user().name());
    }

    static String text(Request request, int i) {
        int length = Math.min(request.length(i), OBJECT_MAX);
        return new String(Memory.toBytes(request.address(i), length), StandardCharsets.ISO_8859_1);
    }

    private void note(
            Session session,
            Denial denial,
            Gatekeeper.Context context,
            String object,
            String user) {
        long nowMs = node.environment().nowMs();
        log.add(
                denial,
                context,
                object,
                user.length() > OBJECT_MAX ? user.substring(0, OBJECT_MAX) : user,
                ClientLine.of(session, nowMs, 0),
                nowMs,
                settings.get(ServerOptions.ACLLOG_MAX_LEN));
    }

    AclLog log() {
        return log;
    }

    // --- changes ---------------------------------------------------------------------------------

    /** requirepass is the password of the default user. */
    private synchronized void usePassword(Settings now) {
        String password = now.get(ServerOptions.REQUIREPASS);
        boolean unchanged = password.isEmpty() && defaultUser.rules().needsNoPassword();
        if (!unchanged) {
            UserDraft draft = UserDraft.of(defaultUser.rules(), channelsByDefault());
            draft.apply("resetpass").apply(password.isEmpty() ? "nopass" : ">" + password);
            change(defaultUser, draft.finish());
        }
    }

    private static void change(User user, UserRules rules) {
        HeapBudget.give(user.rules().heapBytes());
        HeapBudget.take(rules.heapBytes());
        user.change(rules);
    }

    private synchronized void put(String name, UserRules rules) {
        User user = users.get(name);
        if (user != null) {
            change(user, rules);
            return;
        }
        HeapBudget.take(rules.heapBytes());
        SortedMap<String, User> more = new TreeMap<>(users);
        more.put(name, new User(name, rules));
        users = more;
    }

    /**
     * ACL SETUSER: all rules or none. All stripes are held.
     *
     * @return the error line, or null when it is done
     */
    synchronized @Nullable String setUser(ExecutionUnit unit, String name, List<String> words) {
        String unclosed = Rules.unclosed(words);
        if (unclosed != null) {
            return "ERR Unmatched parenthesis in acl selector starting at '" + unclosed + "'.";
        }
        User user = users.get(name);
        UserDraft draft =
                user == null
                        ? UserDraft.create(channelsByDefault())
                        : UserDraft.of(user.rules(), channelsByDefault());
        for (String rule : Rules.join(words)) {
            try {
                draft.apply(rule);
            } catch (RuleError e) {
                return "ERR Error in ACL SETUSER modifier '" + rule + "': " + e.getMessage();
            }
        }
        UserRules rules = draft.finish();
        HeapBudget.require(rules.heapBytes() - (user == null ? 0 : user.rules().heapBytes()));
        UserRules before = user == null ? rules : user.rules();
        put(name, rules);
        if (user != null) {
            new Subscribers(node, unit).endThose(user, before, rules);
        }
        return null;
    }

    /** Other commands exist now: everybody's rights are what his rules say of those. */
    public synchronized void renewRights() {
        for (User user : users.values()) {
            change(user, UserDraft.of(user.rules(), channelsByDefault()).renew().finish());
        }
    }

    /** ACL DELUSER: how many there were. Their connections end. All stripes are held. */
    synchronized int deleteUsers(ExecutionUnit unit, List<String> names) {
        SortedMap<String, User> fewer = new TreeMap<>(users);
        List<User> gone = new ArrayList<>();
        for (String name : names) {
            User user = fewer.remove(name);
            if (user != null) {
                gone.add(user);
            }
        }
        users = fewer;
        gone.forEach(user -> delete(unit, user));
        return gone.size();
    }

    private void delete(ExecutionUnit unit, User user) {
        HeapBudget.give(user.rules().heapBytes());
        user.delete();
        for (Session session : node.clients().all()) {
            if (session.user() == user) {
                end(unit, session);
            }
        }
    }

    /** Ends a client; what it has sent already is not executed. All stripes are held. */
    void end(ExecutionUnit unit, Session session) {
        if (session == unit.session()) {
            session.setUser(defaultUser);
            session.set(Session.UNAUTHENTICATED | Session.CLOSING); // the answer is still sent
        } else {
            node.clients().kill(unit, session);
        }
    }

    // --- files -----------------------------------------------------------------------------------

    /**
     * Puts the users of the configuration, or of the file it names, in force. Before the server
     * listens.
     *
     * @throws StartError if the server must not start with them
     */
    public void load(UserLines lines) throws StartError {
        boolean fromFile = !settings.get(ServerOptions.ACLFILE).isEmpty();
        if (fromFile && !lines.rules().isEmpty()) {
            throw StartError.inTheLog(
                    "Users are defined both in the configuration and in a file (aclfile). Which of"
                            + " them was meant is not clear, so this server does not start: keep"
                            + " one of the two.");
        }
        for (Map.Entry<String, List<String>> line : lines.rules().entrySet()) {
            put(line.getKey(), configured(line.getKey(), line.getValue()));
        }
        if (fromFile) {
            String errors = loadFile(null);
            if (errors != null) {
                throw StartError.inTheLog(
                        "Aborting Redis startup because of ACL errors: " + errors);
            }
        }
    }

    private UserRules configured(String name, List<String> rules) throws StartError {
        if (Rules.hasSpaces(name)) {
            throw StartError.inTheLog("Spaces not allowed in ACL usernames");
        }
        UserDraft draft = UserDraft.ofFile(channelsByDefault());
        for (String rule : rules) {
            try {
                draft.apply(rule);
            } catch (RuleError e) {
                throw StartError.inTheLog(
                        "Error loading ACL rule '"
                                + rule
                                + "' for the user named '"
                                + name
                                + "': "
                                + e.getMessage()
                                + "\nCritical error while loading ACLs. Exiting.");
            }
        }
        UserRules made = draft.finish();
        if (!made.isEnabled()) {
            node.log()
                    .notice(
                            "The user '"
                                    + name
                                    + "' is disabled (there is no 'on' modifier in the user"
                                    + " description). Make sure this is not a configuration"
                                    + " error.");
        }
        return made;
    }

    /** The {@code user} lines of a rewritten configuration: none if there is a file of users. */
    private List<String> configLines() {
        List<String> lines = new ArrayList<>();
        if (settings.get(ServerOptions.ACLFILE).isEmpty()) {
            for (User user : users.values()) {
                StringBuilder line = new StringBuilder("user ").append(quoted(user.name()));
                user.rules().words().forEach(word -> line.append(' ').append(quoted(word)));
                lines.add(line.toString());
            }
        }
        return lines;
    }

    /** A word as it stands in a configuration file: quoted if it would be read differently. */
    private static String quoted(String word) {
        boolean plain = !word.isEmpty() && !word.startsWith("#");
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            plain &= c >= ' ' && c < 127 && c != '"' && c != '\'' && c != '\\';
        }
        return plain || word.startsWith("#") ? word : Words.quote(word);
    }

    private ConfigFiles files() {
        return node.parts().config().files();
    }

    /**
     * ACL LOAD: replaces all users by those of the file, or none if anything is wrong with it.
     * Clients whose user stays stay, unless they listen to channels that are closed to them now.
     * All stripes are held, but at the start, when there is no unit and no client.
     *
     * @return what is wrong, or null when it is done
     */
    synchronized @Nullable String loadFile(@Nullable ExecutionUnit unit) {
        String name = settings.get(ServerOptions.ACLFILE);
        String text;
        try {
            text = files().read(settings.get(ServerOptions.DIR), name);
        } catch (IOException e) {
            return "Error loading ACLs, opening file '" + name + "': " + e.getMessage();
        }
        UserFile file = UserFile.read(name, text, channelsByDefault());
        if (!file.errors().isEmpty()) {
            return file.errors()
                    + "WARNING: ACL errors detected, no change to the previously active ACL rules"
                    + " was performed";
        }
        replace(unit, file.users());
        return null;
    }

    private void replace(@Nullable ExecutionUnit unit, Map<String, UserRules> wanted) {
        SortedMap<String, User> old = users;
        SortedMap<String, User> now = new TreeMap<>();
        Map<User, UserRules> before = new LinkedHashMap<>();
        wanted.putIfAbsent(DEFAULT_USER, fresh());
        wanted.forEach((name, rules) -> {
            User user = old.get(name);
            if (user == null) {
                HeapBudget.take(rules.heapBytes());
                user = new User(name, rules);
            } else {
                before.put(user, user.rules());
                change(user, rules);
            }
            now.put(name, user);
        });
        users = now;
        if (unit != null) {
            Subscribers subscribers = new Subscribers(node, unit);
            before.forEach((user, rules) -> subscribers.endThose(user, rules, user.rules()));
            old.forEach((name, user) -> {
                if (!now.containsKey(name)) {
                    delete(unit, user);
                }
            });
        }
    }

    /** ACL SAVE: writes all users into the file; false when that failed, with a line in the log. */
    synchronized boolean save() {
        String name = settings.get(ServerOptions.ACLFILE);
        String path = name.startsWith("/") ? name : settings.get(ServerOptions.DIR) + "/" + name;
        try {
            files().replace(path, UserFile.write(users.values()));
            return true;
        } catch (IOException e) {
            node.log().warning("Writing ACL file for ACL SAVE: " + e.getMessage());
            return false;
        }
    }
}
