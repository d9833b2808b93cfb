package io.ferrite.example;

import io.ferrite.module.Call;
import io.ferrite.module.CommandForm;
import io.ferrite.module.CommandForm.Access;
import io.ferrite.module.CommandForm.Flag;
import io.ferrite.module.EventKind;
import io.ferrite.module.Module;
import io.ferrite.module.Parameter;
import io.ferrite.module.ParameterForm;
import io.ferrite.module.Parts;
import io.ferrite.module.Refusal;
import io.ferrite.module.Setup;
import io.ferrite.module.Value;
import io.ferrite.module.ValueForm;
import io.ferrite.module.ValueType;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The example of docs/modules.md: tallies, each a fixed number of counters under one key, with one
 * command for each thing that a module can do.
 *
 * <p>A value is its counters, eight bytes each.
 */
public final class TallyModule implements Module {

    private static final int MOST = 1 << 16;

    private final AtomicLong heard = new AtomicLong();
    private ValueType tally;
    private Parameter<Long> limit;
    private Parameter<Boolean> strict;

    /** Values in files: how many counters, then each as a number. */
    private static final class Form implements ValueForm {

        @Override
        public void save(Value value, Parts.Writer out) {
            out.number(value.length() / Long.BYTES);
            for (int at = 0; at < value.length(); at += Long.BYTES) {
                out.number(value.getLong(at));
            }
        }

        @Override
        public void load(Parts.Reader in, int version, Value into) {
            long count = in.number();
            if (count < 0 || count > MOST) {
                throw new Refusal("ERR a tally of " + count + " counters");
            }
            into.resize((int) count * Long.BYTES);
            for (int at = 0; at < into.length(); at += Long.BYTES) {
                into.putLong(at, in.number());
            }
        }
    }

    @Override
    public String name() {
        return "tally";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public void load(Setup setup) {
        if (setup.arguments().contains("refuse")) {
            throw new Refusal("ERR told to refuse");
        }
        if (!setup.arguments().contains("typeless")) {
            tally = setup.type("tally-obj", 1, new Form());
        }
        setup.command(
                CommandForm.of("tally.add", 4)
                        .with(Flag.WRITE, Flag.DENYOOM, Flag.FAST)
                        .key(1, Access.UPDATE)
                        .says("Adds to a counter of a tally."),
                this::add);
        setup.command(
                CommandForm.of("tally.get", 3).with(Flag.READONLY, Flag.FAST).key(1, Access.READ),
                this::get);
        setup.command(
                CommandForm.of("tally.all", 2).with(Flag.READONLY).key(1, Access.READ), this::all);
        setup.command(
                CommandForm.of("tally.drop", 2).with(Flag.WRITE).key(1, Access.DELETE),
                call -> call.reply().integer(call.delete(tally, call.bytes(1)) ? 1 : 0));
        setup.command(
                CommandForm.of("tally.spread", 3)
                        .with(Flag.WRITE)
                        .key(1, Access.READ)
                        .key(2, Access.UPDATE),
                this::spread);
        setup.command(
                CommandForm.of("tally.after", 3).with(Flag.BLOCKING),
                call -> answerLater(setup, call));
        setup.command(
                CommandForm.of("tally.tick", 3).with(Flag.WRITE, Flag.ALL_KEYS),
                call -> tick(setup, call));
        setup.command(
                CommandForm.of("tally.heard", 1).with(Flag.READONLY),
                call -> call.reply().integer(heard.get()));
        setup.command(
                CommandForm.of("tally.fail", -2).with(Flag.WRITE).key(1, Access.UPDATE),
                this::fail);
        limit =
                setup.parameter(
                        ParameterForm.number("limit", Long.MAX_VALUE, 0, Long.MAX_VALUE),
                        TallyModule::requireEven);
        strict = setup.parameter(ParameterForm.yesNo("strict", false), value -> {});
        setup.parameter(ParameterForm.choice("mode", "calm", "Wild"), value -> {});
        setup.parameter(
                ParameterForm.text("secret", "none").with(ParameterForm.Flag.SENSITIVE),
                value -> {});
        setup.parameter(
                ParameterForm.memory("room", 1 << 20, 0, 1L << 40)
                        .with(ParameterForm.Flag.IMMUTABLE),
                value -> {});
        setup.container("tally.admin", "What there is to a tally besides counting.");
        setup.subcommand(
                "tally.admin",
                CommandForm.of("reset", 3).with(Flag.WRITE).key(2, Access.UPDATE),
                this::reset);
        setup.subcommand(
                "tally.admin",
                CommandForm.of("limit", 2).with(Flag.READONLY),
                call -> call.reply().integer(limit.value()));
        setup.listen(Set.of(EventKind.STRING, EventKind.MODULE), event -> heard.incrementAndGet());
    }

    /** TALLY.ADD key counter amount. */
    private void add(Call call) {
        int at = place(call);
        long amount = call.number(3);
        if (amount > limit.value() || strict.value() && amount < 0) {
            throw new Refusal("ERR not so much at once");
        }
        Value value = call.change(tally, call.bytes(1));
        if (value.length() < at + Long.BYTES) {
            value.resize(at + Long.BYTES);
        }
        value.putLong(at, value.getLong(at) + amount);
        call.announce("tally.add", call.bytes(1));
        call.reply().integer(value.getLong(at));
    }

    /** Odd limits are refused, to show how that is done. */
    private static void requireEven(long limit) {
        if (limit % 2 != 0 && limit != Long.MAX_VALUE) {
            throw new Refusal("ERR the limit must be even");
        }
    }

    /** TALLY.ADMIN RESET key: all counters are zero again. */
    private void reset(Call call) {
        Value value = call.change(tally, call.bytes(2));
        int length = value.length();
        value.resize(0);
        value.resize(length);
        call.reply().integer(length / Long.BYTES);
    }

    private static int place(Call call) {
        long counter = call.number(2);
        if (counter < 0 || counter >= MOST) {
            throw new Refusal("ERR no such counter");
        }
        return (int) counter * Long.BYTES;
    }

    /** TALLY.GET key counter. */
    private void get(Call call) {
        int at = place(call);
        Value value = call.find(tally, call.bytes(1));
        if (value == null || value.length() <= at) {
            call.reply().nil();
        } else {
            call.reply().integer(value.getLong(at));
        }
    }

    /** TALLY.ALL key: every counter by its number. */
    private void all(Call call) {
        Value value = call.find(tally, call.bytes(1));
        int count = value == null ? 0 : value.length() / Long.BYTES;
        call.reply().map(count);
        for (int i = 0; i < count; i++) {
            call.reply().integer(i);
            call.reply().integer(value.getLong(i * Long.BYTES));
        }
    }

    /** TALLY.SPREAD key hash: writes the counters into a hash, by commands of the server. */
    private void spread(Call call) {
        Value value = call.find(tally, call.bytes(1));
        long[] counters = new long[value == null ? 0 : value.length() / Long.BYTES];
        for (int i = 0; i < counters.length; i++) {
            counters[i] = value.getLong(i * Long.BYTES);
        }
        for (int i = 0; i < counters.length; i++) {
            call.call("HSET", call.bytes(2), i, counters[i]);
        }
        call.reply().integer(counters.length);
    }

    /** TALLY.AFTER ms text: answers later, unless it waits for more than a minute. */
    private static void answerLater(Setup setup, Call call) {
        long ms = call.number(1);
        String text = call.text(2);
        var client = call.block(Duration.ofMinutes(1), reply -> reply.nil());
        setup.server()
                .after(Duration.ofMillis(ms), 0, data -> client.answer(reply -> reply.bulk(text)));
    }

    /** TALLY.TICK ms key: sets a key soon, as work of the module's own. */
    private static void tick(Setup setup, Call call) {
        byte[] key = call.bytes(2);
        setup.server()
                .after(
                        Duration.ofMillis(call.number(1)),
                        call.database(),
                        data -> data.call("SET", key, "ticked"));
        call.reply().status("OK");
    }

    /** TALLY.FAIL key [how]. */
    private void fail(Call call) {
        byte[] key = call.bytes(1);
        switch (call.count() > 2 ? call.text(2) : "") {
            case "refuse" -> throw new Refusal("BUSY as told");
            case "deep" -> deeper(0);
            case "late" -> {
                call.change(tally, key).resize(Long.BYTES);
                throw new IllegalStateException("after\r\na change");
            }
            case "beyond" -> call.change(tally, key).putLong(1 << 20, 1);
            case "readonly" -> call.find(tally, key).putLong(0, 1);
            case "other" ->
                    call.find(tally, "elsewhere".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            case "call" -> call.call("SET", "elsewhere", "x");
            case "half" -> {
                call.reply().array(2);
                call.reply().integer(1);
            }
            case "twice" -> {
                call.reply().integer(1);
                call.reply().integer(2);
            }
            case "stale" -> {
                Value value = call.change(tally, key);
                call.delete(tally, key);
                value.getByte(0);
            }
            case "none" -> {}
            default -> throw new ArithmeticException("as told");
        }
    }

    private static int deeper(int depth) {
        return deeper(depth + 1) + 1;
    }
}
