// Would catch: a blocked or missing camera that leaves the person without a word or a way on.
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startWords } from '@/shared/i18n';
import { GreenRoom } from './GreenRoom';

class FakeStream {
  getTracks(): never[] {
    return [];
  }
  getVideoTracks(): never[] {
    return [];
  }
  getAudioTracks(): never[] {
    return [];
  }
  addTrack(): void {}
}

function devices(answer: (wanted: MediaStreamConstraints) => FakeStream): ReturnType<typeof vi.fn> {
  const getUserMedia = vi.fn((wanted: MediaStreamConstraints) => {
    try {
      return Promise.resolve(answer(wanted));
    } catch (error) {
      return Promise.reject(error as Error);
    }
  });
  vi.stubGlobal('MediaStream', FakeStream);
  Object.defineProperty(navigator, 'mediaDevices', {
    configurable: true,
    value: { getUserMedia, enumerateDevices: () => Promise.resolve([]), addEventListener: () => undefined, removeEventListener: () => undefined },
  });
  return getUserMedia;
}

beforeAll(() => startWords('en'));
afterEach(() => {
  cleanup();
  sessionStorage.clear();
  localStorage.clear();
});

const show = () => render(<GreenRoom person={{ id: 'u', name: 'Maya' }} withCamera />);

describe('the green room', () => {
  it.each([
    ['NotAllowedError', 'The camera is blocked', 'Allow it in the address bar, then try again.'],
    ['NotFoundError', 'No camera was found', 'Plug one in and try again, or go on without.'],
    ['NotReadableError', 'The camera is busy', 'Another program uses it. Close that, then try again.'],
  ])('%s: says it, and offers to try again or go on without', async (name, title, text) => {
    devices((wanted) => {
      if (wanted.video) throw new DOMException('no', name);
      return new FakeStream();
    });
    show();
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain(title);
    expect(alert.textContent).toContain(text);
    fireEvent.click(screen.getByRole('button', { name: 'Go on without camera' }));
    expect(screen.queryByRole('alert')).not.toBeNull();
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
    expect(screen.getByRole('button', { name: 'Turn on camera' }).getAttribute('aria-pressed')).toBe('false');
  });

  it('hides the camera by one press: the device is closed, the picture takes its place and can be chosen', async () => {
    HTMLCanvasElement.prototype.getContext = vi.fn(() => null) as never;
    const camera = { stop: vi.fn(), getSettings: () => ({ width: 1280, height: 720, frameRate: 30 }) };
    class CameraStream extends FakeStream {
      override getTracks(): never[] {
        return [camera] as never[];
      }
      override getVideoTracks(): never[] {
        return [camera] as never[];
      }
    }
    const getUserMedia = devices((wanted) => (wanted.video ? new CameraStream() : new FakeStream()));
    const changed = vi.fn();
    render(<GreenRoom person={{ id: 'u', name: 'Maya' }} withCamera onChange={changed} />);
    expect(await screen.findByText('720p, 30 fps')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Hide camera' }));
    await waitFor(() => expect(camera.stop).toHaveBeenCalled());
    expect(screen.getByRole('img', { name: 'Your picture, as others see it' })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Choose a picture' })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Turn on camera' }).getAttribute('aria-pressed')).toBe('false');
    expect(changed).toHaveBeenLastCalledWith(expect.objectContaining({ camera: false, hidden: true }));
    await waitFor(() => expect(getUserMedia).toHaveBeenCalledTimes(2));
    expect(getUserMedia.mock.calls[1]?.[0]).not.toHaveProperty('video');
  });

  it('says in words which file it does not take', async () => {
    HTMLCanvasElement.prototype.getContext = vi.fn(() => null) as never;
    devices(() => new FakeStream());
    show();
    fireEvent.click(await screen.findByRole('button', { name: 'Hide camera' }));
    fireEvent.change(screen.getByTestId('picture-file'), { target: { files: [new File(['%PDF'], 'cv.pdf', { type: 'application/pdf' })] } });
    expect((await screen.findByRole('alert')).textContent).toContain('Choose a JPEG, PNG, WebP, AVIF or GIF.');
  });

  it('asks the browser once when all is well', async () => {
    const getUserMedia = devices(() => new FakeStream());
    show();
    await waitFor(() => expect(getUserMedia).toHaveBeenCalledTimes(1));
    expect(getUserMedia.mock.calls[0]?.[0]).toMatchObject({ audio: true, video: { facingMode: 'user' } });
    expect(screen.queryByRole('alert')).toBeNull();
  });
});
