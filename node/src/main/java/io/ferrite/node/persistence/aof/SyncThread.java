package io.ferrite.node.persistence.aof;

import io.ferrite.base.disk.DiskFile;
import io.ferrite.node.Environment;
import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Forces files to the disk beside the thread that writes them, one after the other in the order in
 * which it was asked to.
 */
final class SyncThread implements Environment.Work {

    /** Hears what became of it, on the thread of the syncs. */
    interface Listener {
        void synced(long position);

        /** What was written before is not safe, and may be lost although a later sync succeeds. */
        void syncFailed(String reason);
    }

    private record Job(DiskFile file, long position, boolean close) {}

    private final ConcurrentLinkedQueue<Job> jobs = new ConcurrentLinkedQueue<>();
    private final Environment.Worker worker;
    private final Listener listener;

    SyncThread(Environment environment, Listener listener) {
        this.listener = listener;
        this.worker = environment.worker("aof-sync", this);
    }

    /**
     * Syncs what was written to a file.
     *
     * @param position the log's position that is safe afterwards
     * @param close whether the file is not used any more
     */
    void add(DiskFile file, long position, boolean close) {
        jobs.add(new Job(file, position, close));
        worker.wake();
    }

    /** How many syncs are not done. */
    int pending() {
        return jobs.size();
    }

    void end() {
        worker.end();
    }

    @Override
    public long turn() {
        Job job;
        while ((job = jobs.peek()) != null) {
            try {
                job.file.sync();
                listener.synced(job.position);
            } catch (IOException e) {
                listener.syncFailed(e.getMessage());
            }
            if (job.close) {
                close(job.file);
            }
            jobs.poll();
        }
        return IDLE;
    }

    private void close(DiskFile file) {
        try {
            file.close();
        } catch (IOException e) {
            listener.syncFailed(e.getMessage());
        }
    }
}
