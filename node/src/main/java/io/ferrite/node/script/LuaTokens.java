package io.ferrite.node.script;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The words of a Lua program, well enough to tell names, strings and signs apart; comments are left
 * out. What it does not understand is no program to it: then it says so.
 */
final class LuaTokens {

    /** What a word is. */
    enum Kind {
        NAME,
        NUMBER,
        STRING,
        SIGN
    }

    /**
     * One word.
     *
     * @param text of a string its content, where it has no escapes; otherwise null
     */
    record Token(Kind kind, String text) {

        boolean isSign(String sign) {
            return kind == Kind.SIGN && text.equals(sign);
        }

        boolean isName(String name) {
            return kind == Kind.NAME && text.equals(name);
        }
    }

    /** Longer programs are not looked at. */
    private static final int TOKENS_MAX = 4096;

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private LuaTokens(String source) {
        this.source = source;
    }

    /** The words of a program, or null. */
    static List<Token> of(byte[] code, int from) {
        LuaTokens reader =
                new LuaTokens(
                        new String(code, from, code.length - from, StandardCharsets.ISO_8859_1));
        return reader.read() ? reader.tokens : null;
    }

    private char peek(int ahead) {
        return at + ahead < source.length() ? source.charAt(at + ahead) : 0;
    }

    private boolean read() {
        while (at < source.length()) {
            char c = source.charAt(at);
            if (tokens.size() == TOKENS_MAX) {
                return false;
            }
            boolean understood = true;
            if (c == ' ' || c >= '\t' && c <= '\r') {
                at++;
            } else if (c == '-' && peek(1) == '-') {
                at += 2;
                understood = comment();
            } else if (isLetter(c)) {
                name();
            } else if (isDigit(c) || c == '.' && isDigit(peek(1))) {
                number();
            } else if (c == '"' || c == '\'') {
                understood = string(c);
            } else if (c == '[' && level() >= 0) {
                understood = longString(level(), true);
            } else {
                understood = sign(c);
            }
            if (!understood) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private void name() {
        int from = at;
        while (isLetter(peek(0)) || isDigit(peek(0))) {
            at++;
        }
        tokens.add(new Token(Kind.NAME, source.substring(from, at)));
    }

    private void number() {
        int from = at;
        while (isLetter(peek(0)) || isDigit(peek(0)) || peek(0) == '.') {
            boolean exponent = (peek(0) | 0x20) == 'e';
            at++;
            if (exponent && (peek(0) == '+' || peek(0) == '-')) {
                at++;
            }
        }
        tokens.add(new Token(Kind.NUMBER, source.substring(from, at)));
    }

    private boolean string(char quote) {
        int from = ++at;
        boolean plain = true;
        while (at < source.length()) {
            char c = source.charAt(at++);
            if (c == quote) {
                String text = source.substring(from, at - 1);
                tokens.add(new Token(Kind.STRING, plain ? text : null));
                return true;
            }
            if (c == '\\') {
                plain = false;
                at++;
            } else if (c == '\n') {
                return false;
            }
        }
        return false;
    }

    /** The level of the long bracket that begins here, or -1 if there is none. */
    private int level() {
        int level = 0;
        while (peek(1 + level) == '=') {
            level++;
        }
        return peek(1 + level) == '[' ? level : -1;
    }

    private boolean longString(int level, boolean kept) {
        String end = "]" + "=".repeat(level) + "]";
        int close = source.indexOf(end, at + level + 2);
        if (close < 0) {
            return false;
        }
        at = close + end.length();
        if (kept) {
            tokens.add(new Token(Kind.STRING, null));
        }
        return true;
    }

    private boolean comment() {
        if (peek(0) == '[' && level() >= 0) {
            return longString(level(), false);
        }
        int end = source.indexOf('\n', at);
        at = end < 0 ? source.length() : end;
        return true;
    }

    private boolean sign(char c) {
        String two = at + 1 < source.length() ? source.substring(at, at + 2) : "";
        switch (two) {
            case "==", "~=", "<=", ">=", ".." -> {
                at += 2;
                if (two.equals("..") && peek(0) == '.') {
                    at++;
                    two = "...";
                }
                tokens.add(new Token(Kind.SIGN, two));
                return true;
            }
            default -> {}
        }
        if ("+-*/%^#<>=(){}[];:,.".indexOf(c) < 0) {
            return false;
        }
        at++;
        tokens.add(new Token(Kind.SIGN, String.valueOf(c)));
        return true;
    }
}
