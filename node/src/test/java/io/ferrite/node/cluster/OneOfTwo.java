package io.ferrite.node.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrite.base.disk.Disk;
import io.ferrite.base.disk.DiskFile;
import io.ferrite.node.SimulatedNode;
import io.ferrite.node.config.ClusterOptions;
import io.ferrite.node.config.Settings;
import io.ferrite.testkit.disk.SimulatedDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The disk of one node of two, which serves the slots up to 8191; the other one does not answer.
 */
public final class OneOfTwo {

    public static final String SELF = "a".repeat(40);
    public static final String OTHER = "b".repeat(40);
    static final String FILE =
            SELF
                    + " 127.0.0.1:7000@17000,,tls-port=0,shard-id="
                    + "1".repeat(40)
                    + " myself,master - 0 0 1 connected 0-8191\n"
                    + OTHER
                    + " 127.0.0.1:7001@17001,,tls-port=0,shard-id="
                    + "2".repeat(40)
                    + " master - 0 0 2 connected 8192-16383\n"
                    + "vars currentEpoch 2 lastVoteEpoch 0\n";

    private final int databases;
    private final SimulatedDisk disk = new SimulatedDisk(SimulatedNode.DIRECTORY);

    public OneOfTwo() {
        this(1);
    }

    OneOfTwo(int databases) {
        this.databases = databases;
        write(FILE);
    }

    /** The node, from what is on the disk, once it serves. */
    public SimulatedNode serving() {
        SimulatedNode started = open();
        assertThat(started.openCluster()).isEmpty();
        assertThat(started.start()).isTrue();
        assertThat(started.node().cluster().start()).isEmpty();
        started.runFor(2500); // a node that comes back serves after a while
        return started;
    }

    /** The node before it reads the disk. */
    SimulatedNode open() {
        Settings settings = new Settings();
        settings.put(ClusterOptions.CLUSTER_ENABLED, true);
        settings.put(ClusterOptions.CLUSTER_DATABASES, (long) databases);
        return new SimulatedNode(disk, settings);
    }

    void write(String text) {
        try (DiskFile file = disk.open("/data/nodes.conf", Disk.Mode.CREATE)) {
            file.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
            file.sync();
            disk.syncDirectory(SimulatedNode.DIRECTORY);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
