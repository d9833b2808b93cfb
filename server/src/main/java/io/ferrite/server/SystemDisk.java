package io.ferrite.server;

import io.ferrite.base.disk.Disk;
import io.ferrite.base.disk.DiskFile;
import io.ferrite.base.disk.MissingFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The machine's own files. */
final class SystemDisk implements Disk {

    @Override
    public DiskFile open(String path, Mode mode) throws IOException {
        Set<OpenOption> options =
                switch (mode) {
                    case READ -> Set.of(StandardOpenOption.READ);
                    case CHANGE -> Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
                    case CREATE ->
                            Set.of(
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.TRUNCATE_EXISTING,
                                    StandardOpenOption.READ,
                                    StandardOpenOption.WRITE);
                    case APPEND -> Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                };
        try {
            return new OpenFile(FileChannel.open(path(path), options));
        } catch (IOException e) {
            throw inSystemsWords(e);
        }
    }

    @Override
    public boolean exists(String path) {
        try {
            return Files.exists(path(path));
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public long size(String path) throws IOException {
        try {
            return Files.size(path(path));
        } catch (IOException e) {
            throw inSystemsWords(e);
        }
    }

    @Override
    public List<String> list(String directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path(directory))) {
            for (Path entry : entries) {
                byte[] name = entry.getFileName().toString().getBytes(StandardCharsets.UTF_8);
                names.add(new String(name, StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            throw inSystemsWords(e);
        }
        return names;
    }

    @Override
    public void makeDirectory(String path) throws IOException {
        Path wanted = path(path);
        try {
            Files.createDirectory(wanted);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(wanted)) {
                throw new IOException("File exists", e);
            }
        } catch (IOException e) {
            throw inSystemsWords(e);
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        try {
            Files.move(path(from), path(to), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw inSystemsWords(e);
        }
    }

    @Override
    public boolean delete(String path) throws IOException {
        try {
            return Files.deleteIfExists(path(path));
        } catch (IOException e) {
            throw inSystemsWords(e);
        }
    }

    @Override
    public void syncDirectory(String directory) throws IOException {
        try (FileChannel channel = FileChannel.open(path(directory), StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw inSystemsWords(e);
        }
    }

    private static Path path(String path) throws IOException {
        return SystemConfigFiles.path("/", path);
    }

    private static IOException inSystemsWords(IOException e) {
        if (e instanceof NoSuchFileException) {
            return new MissingFileException(e);
        }
        return new IOException(SystemConfigFiles.reason(e), e);
    }

    private record OpenFile(FileChannel channel) implements DiskFile {

        @Override
        public void write(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            return channel.read(into);
        }

        @Override
        public int read(ByteBuffer into, long at) throws IOException {
            return channel.read(into, at);
        }

        @Override
        public long position() throws IOException {
            return channel.position();
        }

        @Override
        public void seek(long position) throws IOException {
            channel.position(position);
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public boolean tryLock() throws IOException {
            try {
                return channel.tryLock() != null;
            } catch (OverlappingFileLockException e) {
                return false;
            }
        }

        @Override
        public void sync() throws IOException {
            channel.force(false);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
