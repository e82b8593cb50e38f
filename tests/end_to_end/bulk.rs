//! Files larger than any buffer on their way, and files in parts.

use std::collections::BTreeSet;

use crate::files::{random, sha256, sha256_of};
use crate::over_both_lines;
use crate::session::{configure, download, expect_state, open_built_in, open_routed, upload};
use crate::support::module::Module;
use crate::support::obedient_ftp::ObedientFtp;

const MIB: usize = 1 << 20;

#[test]
fn a_mebibyte_of_all_byte_values_goes_to_the_server_and_comes_back() {
    over_both_lines(|line| {
        let file = random(MIB);
        assert_eq!(file.iter().collect::<BTreeSet<_>>().len(), 256);
        let module = Module::demo(&[]);
        let host = &mut module.host(line);
        open_built_in(host);
        upload(host, "big.bin", &file);
        assert_eq!(sha256_of(module.root(), "big.bin"), sha256(&file));
        assert_eq!(sha256(&download(host, "big.bin", MIB)), sha256(&file));
        expect_state(host, "OPENED");
    });
}

#[test]
fn a_file_goes_to_the_server_in_two_parts_and_comes_back_in_two_parts() {
    over_both_lines(|line| {
        let file = random(150_000);
        let module = Module::demo(&[]);
        let host = &mut module.host(line);
        open_built_in(host);
        upload(host, "parts.bin", &file[..70_001]);
        configure(host, "3,70001");
        upload(host, "parts.bin", &file[70_001..]);
        assert_eq!(sha256_of(module.root(), "parts.bin"), sha256(&file));

        // The first part of a download is a whole file to the server: here, one as it was then.
        std::fs::write(module.root().join("parts.bin"), &file[..99_999]).unwrap();
        let mut came = download(host, "parts.bin", 99_999);
        std::fs::write(module.root().join("parts.bin"), &file).unwrap();
        configure(host, "3,99999");
        came.extend(download(host, "parts.bin", 50_001));
        assert_eq!(sha256(&came), sha256(&file));
    });
}

#[test]
fn a_server_of_another_make_gets_and_gives_the_same_bytes() {
    over_both_lines(|line| {
        let file = random(300_000);
        let server = ObedientFtp::start(&file, []);
        let module = Module::routed(server.addr(), &[]);
        let host = &mut module.host(line);
        open_routed(host);
        upload(host, "up.bin", &file);
        assert_eq!(sha256(&server.stored()), sha256(&file));
        assert_eq!(sha256(&download(host, "down.bin", file.len())), sha256(&file));
        configure(host, "3,299990");
        assert_eq!(download(host, "down.bin", 10), file[299_990..]);
        assert_eq!(
            server.commands(),
            [
                "USER u",
                "PASS p",
                "TYPE I",
                "PASV",
                "STOR up.bin",
                "PASV",
                "RETR down.bin",
                "PASV",
                "REST 299990",
                "RETR down.bin",
            ]
        );
    });
}
