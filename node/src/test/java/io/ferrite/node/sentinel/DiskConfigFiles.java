package io.ferrite.node.sentinel;

import io.ferrite.base.disk.Disk;
import io.ferrite.base.disk.DiskFile;
import io.ferrite.node.config.ConfigFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Configuration files on a disk of the test's choice, replaced in the steps of the real ones. */
final class DiskConfigFiles implements ConfigFiles {

    private final Disk disk;
    private final String directory;

    DiskConfigFiles(Disk disk, String directory) {
        this.disk = disk;
        this.directory = directory;
    }

    @Override
    public String workingDirectory() {
        return directory;
    }

    @Override
    public String read(String from, String path) throws IOException {
        try (DiskFile file = disk.open(Disk.path(from, path), Disk.Mode.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
            while (bytes.hasRemaining() && file.read(bytes) >= 0) {
                continue; // until the end
            }
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.ISO_8859_1);
        }
    }

    @Override
    public String readIfPresent(String path) throws IOException {
        return disk.exists(path) ? read(directory, path) : "";
    }

    @Override
    public String readStandardInput() {
        return "";
    }

    @Override
    public List<String> glob(String from, String pattern) {
        return List.of();
    }

    @Override
    public String enter(String from, String path) {
        return path.equals("./") ? from : path;
    }

    @Override
    public void checkAppendable(String from, String path) {}

    @Override
    public void replace(String path, String content) throws IOException {
        String temporary = path + ".77-0";
        try (DiskFile file = disk.open(temporary, Disk.Mode.CREATE)) {
            file.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.ISO_8859_1)));
            file.sync();
        }
        disk.rename(temporary, path);
        disk.syncDirectory(Disk.parent(path));
    }
}
