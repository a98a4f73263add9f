//! Argon2id, in memory that goes back to the system as soon as a hash is made.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};

use crate::error::Error;
use crate::secret::random;

/// The C library asks the system for whatever is larger than 32 MiB, and gives it back. Less than that it keeps when it is
/// freed, once for each thread that ever hashed. What is asked for and never touched takes no memory.
const GIVEN_BACK: usize = 33 * 1024 * 1024 / Block::SIZE;

fn memory(params: &Params) -> Vec<Block> {
    let blocks = params.block_count();
    let mut memory = Vec::with_capacity(blocks.max(GIVEN_BACK));
    memory.resize(blocks, Block::new());
    memory
}

/// What is stored of a password, as a PHC string.
pub fn hash(password: &[u8]) -> Result<String, Error> {
    let params = Params::default();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::default(), params.clone());
    let salt = random::<{ Salt::RECOMMENDED_LENGTH }>();
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    argon2.hash_password_into_with_memory(password, &salt, &mut output, memory(&params)).map_err(fault)?;
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::default().into()),
        params: ParamsString::try_from(&params).map_err(fault)?,
        salt: Some(Salt::new(&salt).map_err(fault)?),
        hash: Some(Output::new(&output).map_err(fault)?),
    };
    Ok(hash.to_string())
}

fn fault(cause: impl std::fmt::Display) -> Error {
    Error::Internal(format!("hashing: {cause}"))
}

/// Whether this password was stored as that, whatever its parameters. What cannot be read was stored of none.
pub fn matches(password: &[u8], stored: &PasswordHash) -> bool {
    let Some((salt, stored_output)) = stored.salt.zip(stored.hash) else { return false };
    let version = stored.version.map_or(Ok(Version::default()), Version::try_from);
    let (Ok(algorithm), Ok(version), Ok(params)) =
        (Algorithm::try_from(stored.algorithm.as_str()), version, Params::try_from(stored))
    else {
        return false;
    };
    let memory = memory(&params);
    let argon2 = Argon2::new(algorithm, version, params);
    let mut output = [0; Output::MAX_LENGTH];
    let output = &mut output[..stored_output.len()];
    let hashed = argon2.hash_password_into_with_memory(password, &salt, output, memory);
    // Compared in constant time.
    hashed.is_ok() && Output::new(output).is_ok_and(|output| output == stored_output)
}
