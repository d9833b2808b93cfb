package io.ferrite.node.script;

import io.ferrite.engine.Command;
import io.ferrite.engine.CommandTable;
import io.ferrite.engine.LockPlan;
import io.ferrite.node.script.LuaTokens.Kind;
import io.ferrite.node.script.LuaTokens.Token;
import io.ferrite.spec.CommandFlag;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Finds out by its text whether a script, or the functions of a library, can't touch keys but those
 * they were called with: then they run under those stripes alone.
 *
 * <p>It is so when every command is called by {@code redis.call} or {@code redis.pcall} with its
 * name as a plain string, takes its keys at known places, and has there {@code KEYS[...]}, or a
 * local variable that was set to that once and never again; and when nothing in the script could
 * get at the functions, the table or the variable in another way. Whatever is not understood is not
 * known: such a script takes every stripe, which is always right.
 *
 * <p>In a library the table is the parameter {@code keys} of its functions. Only the server may
 * call those that have one: they stand where they are registered, or have a local name that is used
 * for nothing else.
 */
final class KeyedScript {

    /** With these a script could call, or change, what cannot be seen here. */
    private static final Set<String> UNCLEAR =
            Set.of(
                    "_G",
                    "getfenv",
                    "setfenv",
                    "load",
                    "loadstring",
                    "rawget",
                    "rawset",
                    "getmetatable",
                    "setmetatable");

    private static final Set<String> HARMLESS =
            Set.of(
                    "log",
                    "register_function",
                    "sha1hex",
                    "error_reply",
                    "status_reply",
                    "setresp",
                    "set_repl",
                    "acl_check_cmd",
                    "replicate_commands",
                    "breakpoint",
                    "debug");

    private static final Set<String> WITHOUT_KEYS = Set.of("time", "ping", "echo", "publish");

    private static final Token END = new Token(Kind.SIGN, "");

    private final List<Token> tokens;
    private final CommandTable commands;

    /** What the table of keys is called. */
    private final String table;

    /** Local variables that hold a key, with where they were declared. */
    private final Map<String, Integer> keys = new HashMap<>();

    /** By token: it stands where it was seen to be right. */
    private final boolean[] seen;

    private KeyedScript(List<Token> tokens, CommandTable commands, String table) {
        this.table = table;
        this.tokens = tokens;
        this.commands = commands;
        this.seen = new boolean[tokens.size()];
    }

    /** Whether the script, from this offset of its body on, stays with the keys it is given. */
    static boolean staysWithItsKeys(byte[] body, int from, CommandTable commands) {
        List<Token> tokens = LuaTokens.of(body, from);
        return tokens != null && new KeyedScript(tokens, commands, "KEYS").check();
    }

    /** Whether the functions of a library, whose code begins at this offset, do. */
    static boolean functionsStayWithTheirKeys(byte[] code, int from, CommandTable commands) {
        List<Token> tokens = LuaTokens.of(code, from);
        if (tokens == null) {
            return false;
        }
        KeyedScript library = new KeyedScript(tokens, commands, "keys");
        return library.findParameters() && library.check();
    }

    /** The parameters {@code keys}; false if one is that of a function others may call. */
    private boolean findParameters() {
        for (int i = 0; i < tokens.size(); i++) {
            if (!at(i).isName(table) || !at(i - 1).isSign("(") || !isParameters(i - 1)) {
                continue;
            }
            if (!isRegistered(i - 2)) {
                return false;
            }
            seen[i] = true;
        }
        return true;
    }

    /**
     * Whether a function is called by the server alone.
     *
     * @param i the word before its parameters: {@code function}, or its name
     */
    private boolean isRegistered(int i) {
        if (at(i).isName("function")) {
            return at(i - 1).isSign(",") && isRegistration(i - 3) && isText(i - 2)
                    || at(i - 1).isSign("=") && at(i - 2).isName("callback") && isOption(i - 2);
        }
        boolean local = at(i - 1).isName("function") && at(i - 2).isName("local");
        for (int use = 0; local && use < tokens.size(); use++) {
            boolean same = use != i && at(use).isName(at(i).text());
            local =
                    !same
                            || at(use + 1).isSign(")")
                                    && at(use - 1).isSign(",")
                                    && isText(use - 2)
                                    && isRegistration(use - 3);
        }
        return local;
    }

    private boolean isText(int i) {
        return at(i).kind() == Kind.STRING;
    }

    /** Whether this is the bracket after {@code redis.register_function}. */
    private boolean isRegistration(int bracket) {
        return at(bracket).isSign("(") && at(bracket - 1).isName("register_function");
    }

    /** Whether this is a field of the table that {@code redis.register_function} is given. */
    private boolean isOption(int field) {
        int depth = 0;
        for (int i = field - 1; i >= 0; i--) {
            if (at(i).isSign("}")) {
                depth++;
            } else if (at(i).isSign("{") && depth-- == 0) {
                return at(i - 1).isName("register_function") || isRegistration(i - 1);
            }
        }
        return false;
    }

    private Token at(int i) {
        return i >= 0 && i < tokens.size() ? tokens.get(i) : END;
    }

    private boolean check() {
        findVariables();
        for (int i = 0; i < tokens.size(); i++) {
            if (isTable(i) && !isRedisUse(i)) {
                return false;
            }
        }
        for (int i = 0; i < tokens.size(); i++) {
            Token token = at(i);
            if (token.kind() != Kind.NAME || seen[i]) {
                continue;
            }
            boolean field = at(i - 1).isSign(".") || at(i - 1).isSign(":");
            if (UNCLEAR.contains(token.text()) && !field) {
                return false;
            }
            if (token.isName(table) && !at(i - 1).isSign("#")) {
                return false;
            }
            if (keys.containsKey(token.text()) && !field && isChanged(i)) {
                return false;
            }
        }
        return true;
    }

    /** {@code local name = KEYS[1]}: the variables of keys. */
    private void findVariables() {
        for (int i = 0; i < tokens.size(); i++) {
            boolean declares =
                    at(i).isName("local")
                            && at(i + 1).kind() == Kind.NAME
                            && at(i + 2).isSign("=")
                            && at(i + 3).isName(table)
                            && at(i + 4).isSign("[")
                            && at(i + 5).kind() == Kind.NUMBER
                            && at(i + 6).isSign("]");
            // What follows must not go on with the expression.
            boolean ends =
                    at(i + 7) == END
                            || at(i + 7).isSign(";")
                            || at(i + 7).kind() == Kind.NAME && !isOperator(at(i + 7).text());
            if (declares && ends) {
                seen[i + 1] = keys.putIfAbsent(at(i + 1).text(), i) == null;
                seen[i + 3] = true;
            }
        }
    }

    private static boolean isOperator(String name) {
        return name.equals("and") || name.equals("or") || name.equals("not");
    }

    /** Whether a variable of a key may get another value here, or another variable its name. */
    private boolean isChanged(int i) {
        Token before = at(i - 1);
        Token after = at(i + 1);
        if (after.isSign("=") || before.isName("local") || before.isName("function")) {
            return true;
        }
        // In a list of names: parameters, variables of a loop, of local, of an assignment.
        boolean listed = after.isSign(",") || before.isSign(",") || after.isName("in");
        return listed
                || before.isName("for")
                || before.isSign("(") && at(i + 2) == END
                || before.isSign("(") && isParameters(i - 1);
    }

    /** Whether this bracket opens the parameters of a function. */
    private boolean isParameters(int bracket) {
        int i = bracket - 1;
        while (at(i).kind() == Kind.NAME && !at(i).isName("function")
                || at(i).isSign(".")
                || at(i).isSign(":")) {
            i--;
        }
        return at(i).isName("function");
    }

    private boolean isTable(int i) {
        return at(i).isName("redis") || at(i).isName("server");
    }

    /** Whether {@code redis} at this place is used in a way that is understood. */
    private boolean isRedisUse(int i) {
        if (at(i - 1).isSign(".") || at(i - 1).isSign(":") || !at(i + 1).isSign(".")) {
            return false;
        }
        Token member = at(i + 2);
        if (member.kind() != Kind.NAME) {
            return false;
        }
        String name = member.text();
        if (name.equals("call") || name.equals("pcall")) {
            return at(i + 3).isSign("(") && isKeyedCall(i + 4);
        }
        // An assignment to it would fail: the table can't be changed.
        return HARMLESS.contains(name) || name.startsWith("LOG_") || name.startsWith("REPL_");
    }

    /** Whether the call whose first argument stands here has its keys from {@code KEYS}. */
    private boolean isKeyedCall(int first) {
        Token name = at(first);
        if (name.kind() != Kind.STRING || name.text() == null) {
            return false;
        }
        boolean hasMore = at(first + 1).isSign(",");
        if (!hasMore && !at(first + 1).isSign(")")) {
            return false;
        }
        Command command = commands.of(name.text().toLowerCase(Locale.ROOT));
        if (command == null || command.spec().isContainer() || command.is(CommandFlag.BLOCKING)) {
            return false;
        }
        if (WITHOUT_KEYS.contains(command.name())) {
            return true;
        }
        if (command.locks() != LockPlan.KEYS) {
            return false;
        }
        if (command.hasSingleKey()) {
            return !hasMore || isKey(first + 2);
        }
        boolean allKeys =
                command.spec().keySpecs().length == 1
                        && command.spec().firstKey() == 1
                        && command.spec().lastKey() == -1
                        && command.spec().step() == 1
                        && !command.is(CommandFlag.MOVABLEKEYS);
        return allKeys && areKeys(first + 2, hasMore);
    }

    private boolean areKeys(int from, boolean hasMore) {
        int i = from;
        while (hasMore) {
            if (!isKey(i)) {
                return false;
            }
            i = behindKey(i);
            hasMore = at(i).isSign(",");
            i++;
        }
        return true;
    }

    /** Whether the argument here is a key that the script was called with. */
    private boolean isKey(int i) {
        int end = behindKey(i);
        if (end < 0 || !at(end).isSign(",") && !at(end).isSign(")")) {
            return false;
        }
        seen[i] = true;
        return at(i).isName(table) || keys.get(at(i).text()) < i;
    }

    /** Where the key that begins here has ended, or -1 if none begins. */
    private int behindKey(int i) {
        if (at(i).kind() == Kind.NAME && keys.containsKey(at(i).text())) {
            return i + 1;
        }
        if (!at(i).isName(table) || !at(i + 1).isSign("[")) {
            return -1;
        }
        int depth = 0;
        for (int end = i + 1; end < tokens.size(); end++) {
            if (at(end).isSign("[")) {
                depth++;
            } else if (at(end).isSign("]") && --depth == 0) {
                return end + 1;
            }
        }
        return -1;
    }
}
