package io.ferrite.node;

import io.ferrite.engine.Command;
import io.ferrite.memory.Memory;
import io.ferrite.node.config.ConfigService;
import io.ferrite.resp.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Which arguments of a request nobody but its command may see: not MONITOR, not the slow log. */
public final class Secrets {

    /** What is shown instead. */
    public static final String INSTEAD = "(redacted)";

    private static final BitSet NONE = new BitSet(0);

    private Secrets() {}

    /** The positions of secret arguments. Not to be changed. */
    public static BitSet of(Command command, Request request) {
        return switch (command.name()) {
            case "auth" -> from(1, request);
            case "hello" -> afterWord("AUTH", 2, request, 2);
            case "acl|setuser" -> from(2, request);
            case "migrate" -> migrate(request);
            case "config|set" -> config(request);
            default -> NONE;
        };
    }

    private static BitSet from(int first, Request request) {
        BitSet secrets = new BitSet();
        secrets.set(Math.min(first, request.count()), request.count());
        return secrets;
    }

    /** So many arguments after a keyword that stands at {@code first} or later. */
    private static BitSet afterWord(String word, int first, Request request, int many) {
        BitSet secrets = new BitSet();
        for (int i = first; i < request.count(); i++) {
            if (request.arg(i).isWord(word)) {
                secrets.set(i + 1, Math.min(i + 1 + many, request.count()));
                i += many;
            }
        }
        return secrets;
    }

    private static BitSet migrate(Request request) {
        BitSet secrets = afterWord("AUTH", 6, request, 1);
        secrets.or(afterWord("AUTH2", 6, request, 2));
        return secrets;
    }

    private static BitSet config(Request request) {
        List<String> words = new ArrayList<>();
        for (int i = 2; i < request.count(); i++) {
            byte[] word = Memory.toBytes(request.address(i), request.length(i));
            words.add(new String(word, StandardCharsets.ISO_8859_1));
        }
        BitSet secrets = new BitSet();
        for (int i : ConfigService.secretWords(words)) {
            secrets.set(i + 2);
        }
        return secrets;
    }
}
