package io.ferrite.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.ferrite.memory.Memory;
import io.ferrite.memory.MemoryTag;
import io.ferrite.memory.SharedSlab;
import io.ferrite.resp.Limits;
import io.ferrite.resp.NativeReplyWriter;
import io.ferrite.resp.Request;
import io.ferrite.resp.RequestDecoder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the protocol costs of a command, without socket and keyspace: sixteen requests in one read
 * buffer are decoded, and each is answered. 16-byte keys, 32-byte values; the figures are per
 * command.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xmx256m"})
public class WireBenchmark {

    private static final int PIPELINE = 16;

    private final RequestDecoder decoder = new RequestDecoder(new Limits());
    private final Request request = new Request();
    private final NativeReplyWriter reply = new NativeReplyWriter(1 << 14);

    private long gets;
    private int getBytes;
    private long sets;
    private int setBytes;

    @Setup
    public void fill() {
        StringBuilder get = new StringBuilder();
        StringBuilder set = new StringBuilder();
        for (int i = 0; i < PIPELINE; i++) {
            String key = "$16\r\nkey:%012d\r\n".formatted(i * 7919);
            get.append("*2\r\n$3\r\nGET\r\n").append(key);
            set.append("*3\r\n$3\r\nSET\r\n").append(key).append("$32\r\n");
            set.append("x".repeat(32)).append("\r\n");
        }
        getBytes = get.length();
        gets = inMemory(get);
        setBytes = set.length();
        sets = inMemory(set);
    }

    private static long inMemory(StringBuilder text) {
        long address = SharedSlab.take(text.length(), MemoryTag.OTHER);
        Memory.copyIn(text.toString().getBytes(US_ASCII), 0, address, text.length());
        return address;
    }

    @TearDown
    public void release() {
        SharedSlab.give(gets, getBytes, MemoryTag.OTHER);
        SharedSlab.give(sets, setBytes, MemoryTag.OTHER);
        request.close();
        reply.close();
    }

    @Benchmark
    @OperationsPerInvocation(PIPELINE)
    public long decodeGet() {
        long sum = 0;
        int from = 0;
        while (from < getBytes && decoder.decode(gets, from, getBytes, request) == 0) {
            sum += request.address(1) + request.length(1);
            from = decoder.consumed();
        }
        return sum;
    }

    /** GET that finds 32 bytes: here, twice the key. */
    @Benchmark
    @OperationsPerInvocation(PIPELINE)
    public int getAndReply() {
        reply.reset();
        int from = 0;
        while (from < getBytes && decoder.decode(gets, from, getBytes, request) == 0) {
            reply.bulk(request.arg(1).address() - 16, 32);
            from = decoder.consumed();
        }
        return reply.length();
    }

    @Benchmark
    @OperationsPerInvocation(PIPELINE)
    public int setAndReply() {
        reply.reset();
        int from = 0;
        while (from < setBytes && decoder.decode(sets, from, setBytes, request) == 0) {
            if (request.arg(2).length() == 32) {
                reply.ok();
            }
            from = decoder.consumed();
        }
        return reply.length();
    }
}
