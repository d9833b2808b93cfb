package io.ferrite.node.acl;

import io.ferrite.engine.CommandError;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.LockPlan;
import io.ferrite.engine.Numbers;
import io.ferrite.engine.acl.Denial;
import io.ferrite.engine.acl.Rules;
import io.ferrite.engine.acl.Selector;
import io.ferrite.engine.acl.User;
import io.ferrite.engine.acl.UserRules;
import io.ferrite.memory.Args;
import io.ferrite.node.Node;
import io.ferrite.node.config.ServerOptions;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.spec.AclCategory;
import io.ferrite.spec.CommandSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** ACL: {@link AccessControl} for clients. */
public final class AclCommands {

    private static final int PASSWORD_BITS_MAX = 4096;
    private static final int LOG_SHOWN = 10;

    private static final CommandError BAD_NAME =
            CommandError.of("ERR Usernames can't contain spaces or null characters");
    private static final CommandError KEEPS_DEFAULT =
            CommandError.of("ERR The 'default' user cannot be removed");
    private static final CommandError BAD_BITS =
            CommandError.of(
                    "ERR ACL GENPASS argument must be the number of bits for the output password, a"
                            + " positive number up to "
                            + PASSWORD_BITS_MAX);
    private static final CommandError NO_FILE =
            CommandError.of(
                    "ERR This Redis instance is not configured to use an ACL file. You may want to"
                            + " specify users via the ACL SETUSER command and then issue a CONFIG"
                            + " REWRITE (assuming you have a Redis configuration file set) in order"
                            + " to store users in the Redis configuration.");
    private static final CommandError NOT_SAVED =
            CommandError.of(
                    "ERR There was an error trying to save the ACLs. Please check the server logs"
                            + " for more information");

    private final Node node;

    private AclCommands(Node node) {
        this.node = node;
    }

    public static void register(CommandTable.Builder table, Node node) {
        AclCommands commands = new AclCommands(node);
        // All stripes where clients may end: who waits for a key leaves before he is served.
        table.bind("ACL|CAT", LockPlan.NONE, commands::cat)
                .bind("ACL|DELUSER", LockPlan.ALL, commands::deluser)
                .bind("ACL|DRYRUN", LockPlan.NONE, commands::dryrun)
                .bind("ACL|GENPASS", LockPlan.NONE, commands::genpass)
                .bind("ACL|GETUSER", LockPlan.NONE, commands::getuser)
                .bind("ACL|LIST", LockPlan.NONE, commands::list)
                .bind("ACL|LOAD", LockPlan.ALL, commands::load)
                .bind("ACL|LOG", LockPlan.NONE, commands::log)
                .bind("ACL|SAVE", LockPlan.NONE, commands::save)
                .bind("ACL|SETUSER", LockPlan.ALL, commands::setuser)
                .bind("ACL|USERS", LockPlan.NONE, commands::users)
                .bind("ACL|WHOAMI", LockPlan.NONE, AclCommands::whoami)
                .bind("ACL|HELP", LockPlan.NONE, AclCommands::help);
    }

    private AccessControl access() {
        return node.access();
    }

    private static String text(ExecutionUnit unit, int i) {
        return new String(unit.arg(i).toBytes(), StandardCharsets.ISO_8859_1);
    }

    private static List<String> texts(ExecutionUnit unit, int first) {
        List<String> texts = new ArrayList<>();
        for (int i = first; i < unit.argc(); i++) {
            texts.add(text(unit, i));
        }
        return texts;
    }

    private static void requireAtMost(ExecutionUnit unit, int argc) {
        if (unit.argc() > argc) {
            throw CommandError.of(
                    "ERR unknown subcommand or wrong number of arguments for '"
                            + text(unit, 1)
                            + "'. Try ACL HELP.");
        }
    }

    // --- users -----------------------------------------------------------------------------------

    private void setuser(ExecutionUnit unit) {
        unit.requireNames(1);
        String name = text(unit, 2);
        if (Rules.hasSpaces(name)) {
            throw BAD_NAME;
        }
        String refusal = access().setUser(unit, name, texts(unit, 3));
        if (refusal != null) {
            throw CommandError.of(refusal);
        }
        unit.reply().ok();
    }

    private void deluser(ExecutionUnit unit) {
        unit.requireNames(1);
        List<String> names = texts(unit, 2);
        if (names.contains(AccessControl.DEFAULT_USER)) {
            throw KEEPS_DEFAULT;
        }
        unit.reply().integer(access().deleteUsers(unit, names));
    }

    private void getuser(ExecutionUnit unit) {
        unit.requireNames(1);
        User user = access().user(text(unit, 2));
        ReplyWriter reply = unit.reply();
        if (user == null) {
            reply.nil();
            return;
        }
        UserRules rules = user.rules();
        reply.map(6);
        reply.bulk("flags");
        reply.set(rules.flags().size());
        rules.flags().forEach(reply::bulk);
        reply.bulk("passwords");
        reply.array(rules.passwords().size());
        rules.passwords().forEach(reply::bulk);
        describe(reply, rules.root());
        reply.bulk("selectors");
        reply.array(rules.others().size());
        for (Selector selector : rules.others()) {
            reply.map(3);
            describe(reply, selector);
        }
    }

    private static void describe(ReplyWriter reply, Selector selector) {
        reply.bulk("commands");
        reply.bulk(selector.commandRules());
        reply.bulk("keys");
        reply.bulk(selector.keyRules());
        reply.bulk("channels");
        reply.bulk(selector.channelRules());
    }

    private void list(ExecutionUnit unit) {
        unit.reply().array(access().users().size());
        for (User user : access().users().values()) {
            unit.reply().bulk("user " + user.name() + " " + user.rules().describe());
        }
    }

    private void users(ExecutionUnit unit) {
        unit.reply().array(access().users().size());
        access().users().keySet().forEach(unit.reply()::bulk);
    }

    private static void whoami(ExecutionUnit unit) {
        User user = unit.session().user();
        if (user == User.SUPERUSER) {
            unit.reply().nil();
        } else {
            unit.reply().bulk(user.name());
        }
    }

    // --- the file --------------------------------------------------------------------------------

    private void requireFile() {
        if (node.settings().get(ServerOptions.ACLFILE).isEmpty()) {
            throw NO_FILE;
        }
    }

    private void load(ExecutionUnit unit) {
        requireFile();
        String errors = access().loadFile(unit);
        if (errors != null) {
            throw CommandError.of("ERR " + errors);
        }
        unit.reply().ok();
    }

    private void save(ExecutionUnit unit) {
        requireFile();
        if (!access().save()) {
            throw NOT_SAVED;
        }
        unit.reply().ok();
    }

    // --- questions -------------------------------------------------------------------------------

    private void cat(ExecutionUnit unit) {
        requireAtMost(unit, 3);
        ReplyWriter reply = unit.reply();
        if (unit.argc() == 2) {
            reply.array(AclCategory.values().length);
            for (AclCategory category : AclCategory.values()) {
                reply.bulk(category.label());
            }
            return;
        }
        String name = unit.arg(2).length() > 128 ? "" : text(unit, 2);
        AclCategory category = AclCategory.named(name);
        if (category == null) {
            String shown = new String(unit.arg(2).toBytes(), StandardCharsets.ISO_8859_1);
            throw CommandError.of("ERR Unknown category '" + shown + "'");
        }
        List<String> names = new ArrayList<>();
        for (CommandSpec spec : node.engine().commands().catalog().all()) {
            if (spec.in(category) && exists(spec)) {
                names.add(spec.name());
            }
        }
        reply.array(names.size());
        names.forEach(reply::bulk);
    }

    /** Whether this server runs the command, or one of its subcommands. */
    private boolean exists(CommandSpec spec) {
        return node.engine().commands().of(spec) != null
                || spec.subcommands().stream()
                        .anyMatch(sub -> node.engine().commands().of(sub) != null);
    }

    private void dryrun(ExecutionUnit unit) {
        unit.requireNames(1);
        String name = text(unit, 2);
        User user = access().user(name);
        if (user == null) {
            throw CommandError.of("ERR User '" + name + "' not found");
        }
        Request request = unit.request();
        Args args = new Tail(request, 3);
        CommandSpec spec = node.names().find(args.address(0), args.length(0));
        if (spec != null && spec.isContainer() && args.count() > 1) {
            spec = spec.subcommand(args.address(1), args.length(1));
        }
        if (spec == null || !exists(spec)) {
            throw CommandError.of("ERR Command '" + text(unit, 3) + "' not found");
        }
        if (!spec.accepts(args.count())) {
            throw CommandError.arity(spec.name());
        }
        Denial denial = unit.accessCheck().check(user.rules(), spec, args);
        if (denial == Denial.NONE) {
            unit.reply().ok();
        } else {
            String object = text(unit, 3 + unit.accessCheck().argument());
            unit.reply().bulk(denial.text(user, spec, object));
        }
    }

    /** A request without its first arguments. */
    private record Tail(Args all, int skipped) implements Args {
        @Override
        public int count() {
            return all.count() - skipped;
        }

        @Override
        public long address(int i) {
            return all.address(i + skipped);
        }

        @Override
        public int length(int i) {
            return all.length(i + skipped);
        }
    }

    private void genpass(ExecutionUnit unit) {
        requireAtMost(unit, 3);
        long bits = unit.argc() == 3 ? Numbers.integer(unit.arg(2)) : 256;
        if (bits <= 0 || bits > PASSWORD_BITS_MAX) {
            throw BAD_BITS;
        }
        unit.reply().bulk(node.environment().randomHex((int) (bits + 3) / 4));
    }

    private void log(ExecutionUnit unit) {
        requireAtMost(unit, 3);
        long count = LOG_SHOWN;
        if (unit.argc() == 3) {
            if (unit.arg(2).isWord("RESET")) {
                access().log().reset();
                unit.reply().ok();
                return;
            }
            count = Math.max(0, Numbers.integer(unit.arg(2)));
        }
        List<AclLog.Entry> entries = access().log().newest(count);
        unit.reply().array(entries.size());
        for (AclLog.Entry entry : entries) {
            show(unit.reply(), entry, unit.nowMs());
        }
    }

    private static void show(ReplyWriter reply, AclLog.Entry entry, long nowMs) {
        reply.map(10);
        reply.bulk("count");
        reply.integer(entry.count());
        reply.bulk("reason");
        reply.bulk(entry.reason().label());
        reply.bulk("context");
        reply.bulk(entry.context().label());
        reply.bulk("object");
        reply.bulk(entry.object());
        reply.bulk("username");
        reply.bulk(entry.user());
        reply.bulk("age-seconds");
        reply.real((nowMs - entry.updatedMs()) / 1000.0);
        reply.bulk("client-info");
        reply.bulk(entry.client());
        reply.bulk("entry-id");
        reply.integer(entry.id());
        reply.bulk("timestamp-created");
        reply.integer(entry.createdMs());
        reply.bulk("timestamp-last-updated");
        reply.integer(entry.updatedMs());
    }

    private static void help(ExecutionUnit unit) {
        unit.replyHelp(
                "ACL",
                "CAT [<category>]",
                "    The categories of commands, or the commands of one.",
                "DELUSER <username> [<username> ...]",
                "    Delete users and close their connections.",
                "DRYRUN <username> <command> [<arg> ...]",
                "    Whether the user may run the command, which is not run.",
                "GETUSER <username>",
                "    A user's flags, passwords and permissions.",
                "GENPASS [<bits>]",
                "    A random password of 256 or so many bits, in hexadecimal.",
                "LIST",
                "    All users as lines of a configuration file.",
                "LOAD",
                "    Read the users from the ACL file.",
                "LOG [<count> | RESET]",
                "    What was refused lately; or forget it.",
                "SAVE",
                "    Write the users into the ACL file.",
                "SETUSER <username> <attribute> [<attribute> ...]",
                "    Create or change a user.",
                "USERS",
                "    The names of all users.",
                "WHOAMI",
                "    The name of this connection's user.");
    }
}
