package io.ferrite.scripting;

import io.ferrite.memory.Memory;
import io.ferrite.resp.NativeReplyWriter;
import io.ferrite.resp.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** Runs scripts against a server of a few made-up commands. */
final class ScriptFixture implements ScriptHost, AutoCloseable {

    final List<String> log = new ArrayList<>();
    final List<String> countedErrors = new ArrayList<>();
    final List<List<String>> calls = new ArrayList<>();
    final Interpreter interpreter = Interpreter.forScripts(1, System::nanoTime);
    private final NativeReplyWriter out = new NativeReplyWriter();

    /** What commands answer. */
    BiConsumer<List<String>, NativeReplyWriter> commands = (words, reply) -> reply.ok();

    String refusal;
    String interruption;

    /** Asked whether the script has to end, if it is there. */
    Supplier<String> interrupting;

    long memory;
    int protocol = 2;

    /** The reply of a script in RESP, with commas for line ends. */
    String eval(String script, String... arguments) {
        return eval(0, script, arguments);
    }

    String eval(int keys, String script, String... arguments) {
        byte[] source = latin(script);
        int compiled;
        try {
            compiled = interpreter.compile(source, 0, source.length);
        } catch (ScriptFault e) {
            return e.getMessage();
        }
        byte[][] words = new byte[arguments.length][];
        for (int i = 0; i < words.length; i++) {
            words[i] = latin(arguments[i]);
        }
        try (Request request = Request.of(words)) {
            out.reset();
            out.setProtocol(protocol);
            interpreter.runScript(compiled, request, 0, keys, this, out, "sha", memory);
        } finally {
            interpreter.forget(compiled);
        }
        return new String(out.toBytes(), StandardCharsets.ISO_8859_1)
                .replace("\r\n", ",")
                .replaceAll(",$", "");
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static List<String> words(Request request) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < request.count(); i++) {
            byte[] bytes = Memory.toBytes(request.address(i), request.length(i));
            words.add(new String(bytes, StandardCharsets.ISO_8859_1));
        }
        return words;
    }

    @Override
    public String call(Request request, NativeReplyWriter reply) {
        List<String> words = words(request);
        calls.add(words);
        if (refusal == null) {
            commands.accept(words, reply);
        }
        return refusal;
    }

    @Override
    public Permission mayCall(Request request) {
        return switch (words(request).getFirst()) {
            case "get" -> Permission.GRANTED;
            case "set" -> Permission.DENIED;
            default -> Permission.NO_SUCH_COMMAND;
        };
    }

    @Override
    public boolean logs(int level) {
        return level > 0;
    }

    @Override
    public void log(int level, String line) {
        log.add(level + " " + line);
    }

    @Override
    public void setReplicated(boolean files, boolean followers) {
        log.add("replicated " + files + " " + followers);
    }

    @Override
    public void countError(String line) {
        countedErrors.add(line);
    }

    @Override
    public String interrupt() {
        return interrupting == null ? interruption : interrupting.get();
    }

    @Override
    public void close() {
        interpreter.close();
        out.close();
    }
}
