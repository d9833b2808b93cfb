package io.ferrite.node.config;

import io.ferrite.node.config.Choices.ShutdownChoice;
import java.util.Set;

/** Judgements on values that go beyond their type. */
final class Validity {

    private static final int MAX_HOST_NAME = 256;

    private Validity() {}

    static void dbFileName(String value) {
        if (!isBaseName(value)) {
            throw new ConfigRefusal("dbfilename can't be a path, just a filename");
        }
    }

    static void appendFileName(String value) {
        if (value.isEmpty()) {
            throw new ConfigRefusal("appendfilename can't be empty");
        }
        if (!isBaseName(value)) {
            throw new ConfigRefusal("appendfilename can't be a path, just a filename");
        }
    }

    static void appendDirName(String value) {
        if (value.isEmpty()) {
            throw new ConfigRefusal("appenddirname can't be empty");
        }
        if (!isBaseName(value)) {
            throw new ConfigRefusal("appenddirname can't be a path, just a dirname");
        }
    }

    static void metricsBind(String value) {
        if (value.isEmpty()) {
            throw new ConfigRefusal("metrics-bind can't be empty");
        }
    }

    private static boolean isBaseName(String value) {
        return value.indexOf('/') < 0 && value.indexOf('\\') < 0;
    }

    static void hostName(String value) {
        if (value.length() >= MAX_HOST_NAME) {
            throw new ConfigRefusal("Hostnames must be less than 256 characters");
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (!isAlphanumeric(c) && c != '-' && c != '.') {
                throw new ConfigRefusal(
                        "Hostnames may only contain alphanumeric characters, hyphens or dots");
            }
        }
    }

    /** A name that the cluster's own file can carry: printable, none of its separators. */
    static void nodeName(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < 33 || c > 126 || "!#$%&()*+:;<>?@[]^{|}~".indexOf(c) >= 0) {
                throw new ConfigRefusal("Announced human node name contained invalid character");
            }
        }
    }

    private static boolean isAlphanumeric(char c) {
        return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || Numbers.isDigit(c);
    }

    /** Some title must come out even for a server without name, socket and mode. */
    static void procTitleTemplate(String value) {
        String least =
                ProcTitle.expand(
                        value,
                        name ->
                                switch (name) {
                                    case "title", "server-mode", "unixsocket" -> "";
                                    default -> ProcTitle.isVariable(name) ? "-" : null;
                                });
        if (least == null || ProcTitle.trim(least).isEmpty()) {
            throw new ConfigRefusal("template format is invalid or contains unknown variables");
        }
    }

    static void checkShutdownChoices(Set<?> values) {
        if (values.contains(ShutdownChoice.SAVE) && values.contains(ShutdownChoice.NOSAVE)) {
            throw new ConfigRefusal(
                    "shutdown options SAVE and NOSAVE can't be used simultaneously");
        }
    }
}
