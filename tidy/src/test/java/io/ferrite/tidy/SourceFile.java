package io.ferrite.tidy;

import java.util.ArrayList;
import java.util.List;

/**
 * One Java file, as text and as code.
 *
 * <p>The code is the text with every character of a comment, and of what stands between the quotes
 * of a literal, made a space: positions and lines agree with the text, and no rule trips over a
 * word in a sentence.
 */
final class SourceFile {

    /** A method or constructor with a body: where its name stands and where its last brace does. */
    record Method(String name, int firstLine, int lastLine) {
        int lines() {
            return lastLine - firstLine + 1;
        }
    }

    private static final List<String> NOT_METHODS =
            List.of("if", "for", "while", "switch", "catch", "synchronized", "try", "return");

    private final String path;
    private final String text;
    private final String code;

    SourceFile(String path, String text) {
        this.path = path;
        this.text = text;
        this.code = withoutCommentsAndLiterals(text);
    }

    /** The path from the project's folder, with slashes. */
    String path() {
        return path;
    }

    String text() {
        return text;
    }

    String code() {
        return code;
    }

    /** The folder of the module that the file belongs to. */
    String module() {
        return path.substring(0, path.indexOf('/'));
    }

    boolean isTest() {
        return path.contains("/src/test/");
    }

    /** Neither a test nor a program of the build. */
    boolean isProduct() {
        return path.contains("/src/main/");
    }

    int lines() {
        int lines = lineAt(text.length());
        return text.endsWith("\n") ? lines - 1 : lines;
    }

    /** The line, from 1, of a position in the text. */
    int lineAt(int position) {
        int line = 1;
        for (int at = text.indexOf('\n');
                at >= 0 && at < position;
                at = text.indexOf('\n', at + 1)) {
            line++;
        }
        return line;
    }

    /**
     * All methods with bodies, those of local and anonymous classes too, in order of their ends.
     */
    List<Method> methods() {
        var methods = new ArrayList<Method>();
        var open = new ArrayList<Integer>();
        for (int at = 0; at < code.length(); at++) {
            if (code.charAt(at) == '{') {
                open.add(methodNameBefore(at));
            } else if (code.charAt(at) == '}' && !open.isEmpty()) {
                int name = open.removeLast();
                if (name >= 0) {
                    methods.add(new Method(wordFrom(name), lineAt(name), lineAt(at)));
                }
            }
        }
        return methods;
    }

    /**
     * Where the name of the method begins whose body opens at {@code brace}; -1 if it's no method.
     */
    private int methodNameBefore(int brace) {
        int at = lastNonSpace(brace - 1);
        if (at >= 0 && code.charAt(at) != ')') {
            int clause = code.lastIndexOf(')', brace);
            if (clause < 0
                    || !code.substring(clause + 1, brace).strip().matches("throws [\\w., \\s]+")) {
                return -1;
            }
            at = clause;
        }
        int depth = 0;
        while (at >= 0) {
            char c = code.charAt(at);
            depth += c == ')' ? 1 : c == '(' ? -1 : 0;
            if (depth == 0) {
                break;
            }
            at--;
        }
        int end = lastNonSpace(at - 1);
        int start = startOfWord(end);
        if (start > end || NOT_METHODS.contains(code.substring(start, end + 1))) {
            return -1;
        }
        int before = lastNonSpace(start - 1);
        String previous = before < 0 ? "" : code.substring(startOfWord(before), before + 1);
        boolean declares = !previous.equals("new") && !previous.equals("record");
        return declares ? start : -1;
    }

    private int lastNonSpace(int from) {
        int at = from;
        while (at >= 0 && Character.isWhitespace(code.charAt(at))) {
            at--;
        }
        return at;
    }

    private int startOfWord(int end) {
        int start = end + 1;
        while (start > 0 && Character.isJavaIdentifierPart(code.charAt(start - 1))) {
            start--;
        }
        return start;
    }

    private String wordFrom(int start) {
        int end = start;
        while (end < code.length() && Character.isJavaIdentifierPart(code.charAt(end))) {
            end++;
        }
        return code.substring(start, end);
    }

    private static String withoutCommentsAndLiterals(String text) {
        var code = new StringBuilder(text);
        int at = 0;
        while (at < text.length()) {
            int end;
            int inside = 0;
            if (text.startsWith("//", at)) {
                end = endOf(text, "\n", at + 2) - 1;
            } else if (text.startsWith("/*", at)) {
                end = endOf(text, "*/", at + 2);
            } else if (text.startsWith("\"\"\"", at)) {
                end = endOfLiteral(text, "\"\"\"", at + 3);
                inside = 3;
            } else if (text.charAt(at) == '"' || text.charAt(at) == '\'') {
                end = endOfLiteral(text, text.substring(at, at + 1), at + 1);
                inside = 1;
            } else {
                at++;
                continue;
            }
            for (int i = at + inside; i < end - inside; i++) {
                if (code.charAt(i) != '\n') {
                    code.setCharAt(i, ' ');
                }
            }
            at = Math.max(end, at + 1);
        }
        return code.toString();
    }

    private static int endOf(String text, String mark, int from) {
        int at = text.indexOf(mark, from);
        return at < 0 ? text.length() : at + mark.length();
    }

    private static int endOfLiteral(String text, String quote, int from) {
        for (int at = from; at < text.length(); at++) {
            if (text.charAt(at) == '\\') {
                at++;
            } else if (text.startsWith(quote, at)) {
                return at + quote.length();
            }
        }
        return text.length();
    }
}
